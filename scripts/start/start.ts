/**
 * Builds the functions, starts the local AWS with the stack, prints the functions' logs, and deploys a
 * function when one of its sources changes.
 */
import { join, relative } from "node:path";
import { stop as stopEsbuild } from "esbuild";
import {
  createLocalAws,
  formatLogEvent,
  formatMessage,
  type LocalAws,
} from "@websocket-lambda/local-aws";
import { optimizeEarly } from "@websocket-lambda/local-aws/command-options";
import { DIST, type FunctionName, openBuild } from "../build/index.ts";
import { createStackMapper } from "../build/map-stack.ts";
import { consoleOptions, documentPages, FRAME_PATTERNS } from "./console.ts";
import { startHotReload } from "./hot-reload.ts";
import { introduction, introductionWhenEmpty, shellVariables } from "./introduction.ts";
import { createIssuer } from "./issuer.ts";
import type { StartOptions } from "./options.ts";
import { runCommand } from "./run-command.ts";
import { functionNameOf, functionNamesIn, functionsOf, readStack, STAGE } from "./stack.ts";
import { stopSignal } from "./stop-signal.ts";
import { reportTerraformChanges } from "./terraform-changes.ts";

/**
 * Runs until a signal, or until the command of `--run` has exited.
 * @returns the exit code.
 */
export async function start(options: StartOptions): Promise<number> {
  const closers: (() => Promise<void>)[] = [];
  try {
    return await run(options, closers);
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

/**
 * @param closers collects the functions that stop the parts that have started.
 * @returns the exit code.
 */
async function run(options: StartOptions, closers: (() => Promise<void>)[]): Promise<number> {
  const { port, trace, auth, empty, runtime, command } = options;
  const build = await openBuild({ outDirectory: DIST, logLevel: "silent" });
  // Stops the process of esbuild, without waiting for a running build as `build.close()` does. It must
  // stop last, because the local AWS waits until esbuild has bundled the runtime of its functions.
  closers.push(stopEsbuild);
  const bundles = await build.run();
  for (const { name } of bundles)
    console.log(`built ${relative(process.cwd(), join(DIST, `${name}.zip`))}`);
  const say = (text: string) => console.log(text);
  if (!empty) {
    const endReports = await reportTerraformChanges(say);
    closers.push(async () => endReports());
  }
  const issuer = auth ? await createIssuer() : undefined;
  const snapshot = empty ? undefined : await readStack(auth ? "authenticated" : "open", runtime);
  const mapStack = createStackMapper(DIST);
  let buildProblem: string | undefined;
  const aws = createLocalAws({
    ...options.options,
    spareProcesses: true,
    ...(snapshot !== undefined && { snapshot, functions: functionsOf(bundles) }),
    ...FRAME_PATTERNS,
    mapStack,
    console: consoleOptions({ issuer, notice: () => buildProblem }),
    pages: { ...documentPages, ...issuer?.pages },
  });
  closers.push(() => aws.close());
  const stopped = stopSignal();
  await aws.listen(port);
  optimizeEarly();
  const token = await issuer?.tokenFor(aws.endpoint, "ada");
  aws.subscribe({
    log(event) {
      // Only the logs of the functions, not the access log.
      if (event.logGroupName.startsWith("/aws/lambda/"))
        console.log(formatLogEvent(event, process.stdout, { mapStack }));
    },
    ...(trace && {
      message: (message) => console.log(formatMessage(message, process.stdout)),
    }),
  });
  if (command !== undefined) {
    console.log(`The local AWS is running at ${aws.endpoint}. Running: ${command}`);
    return await runCommand(command, { environment: environmentOf(aws, empty, token), stopped });
  }
  console.log(empty ? introductionWhenEmpty(aws) : introduction(aws, token));
  const onBuild = (problem: string | undefined) => void (buildProblem = problem);
  const reloads =
    snapshot === undefined
      ? stopped
      : startHotReload({ build, bundles, deploy: deployTo(aws, snapshot), say, onBuild }).then(
          () => stopped,
        );
  // A signal during the first build stops without waiting for the build.
  await Promise.race([stopped, reloads]);
  return 0;
}

/** Returns the environment of the `--run` command, without variables that would override the credentials. */
const environmentOf = (aws: LocalAws, empty: boolean, token: string | undefined) => ({
  AWS_PROFILE: undefined,
  AWS_SESSION_TOKEN: undefined,
  ...shellVariables(aws),
  ...(!empty && { WEBSOCKET_URL: aws.webSocketUrl(STAGE) }),
  ...(token !== undefined && { WEBSOCKET_TOKEN: token }),
});

/** Returns the function `deploy` for hot reload. It skips functions that the snapshot does not have. */
function deployTo(aws: LocalAws, snapshot: string) {
  const functionNames = functionNamesIn(snapshot);
  return (bundle: FunctionName, zip: Uint8Array): string | undefined => {
    const functionName = functionNameOf(bundle);
    if (!functionNames.includes(functionName)) return undefined;
    aws.updateFunctionCode(functionName, zip);
    return functionName;
  };
}
