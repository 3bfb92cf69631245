/** `local-aws start`: applies a folder, prints its URLs and watches its code for changes. */
import { UsageError } from "../command-options.ts";
import type { LocalAws } from "../local-aws.ts";
import { printEvents } from "../terminal/print-events.ts";
import { stageUrls } from "../web-socket-url.ts";
import { apply, describeError } from "./apply.ts";
import { functionSources, type FunctionSource } from "./function-sources.ts";
import type { CommandInput } from "./options.ts";
import { findReachability, targetsOf } from "./reach.ts";
import { expectSuccess, runSession, type Session } from "./session.ts";
import { resourcesOfState } from "./show-json.ts";
import { watchSources } from "./watch-sources.ts";

/** Milliseconds between two checks for new stages. */
const STAGE_INTERVAL = 250;

/** Applies the folder, and runs until `stopped` resolves. */
export async function start(input: CommandInput, stopped: Promise<unknown>): Promise<void> {
  const { folder, port, trace, options, variables } = input;
  const aws = { ...options, console: {}, spareProcesses: true };
  const closers: (() => void)[] = [];
  try {
    await runSession({ folder, port, aws, stopped }, async (session) => {
      printEvents(session.aws, trace);
      console.log(introduction(session.aws));
      const targets = input.onlyReachable ? await reachableTargets(session, variables) : [];
      const { errors } = await apply(session.terraform, {
        args: [...variables, ...targets],
        onProgress: (line) => console.log(line),
      });
      if (errors.length > 0)
        throw new UsageError(describeFailure(errors.map(describeError), input.onlyReachable));
      closers.push(await followSources(session), printStages(session));
      console.log("\nTerraform is applied. Press Ctrl-C to stop.\n\nLogs of the functions:");
      await stopped;
    });
  } finally {
    for (const close of closers) close();
  }
}

/** Returns the targets for the reached resources. Prints the other resources. */
async function reachableTargets(session: Session, variables: readonly string[]): Promise<string[]> {
  const { reached, unreached } = await findReachability(session, variables);
  for (const address of unreached)
    console.log(`${address}: not applied, not reached by the WebSocket APIs`);
  return targetsOf(reached);
}

const describeFailure = (errors: readonly string[], onlyReachable: boolean) =>
  [
    "terraform apply failed:",
    "",
    ...errors.map((error) => `  ${error}`),
    "",
    "To list everything that the local AWS does not implement, run local-aws check.",
    ...(onlyReachable
      ? []
      : ["To apply only what the WebSocket APIs reach, add --only-reachable."]),
  ].join("\n");

const introduction = ({ endpoint }: LocalAws) => `
The local AWS is running. Terraform applies the folder to it. Nothing is saved.

  Console  ${endpoint}/
`;

/** Prints the URL of each stage, also of later ones, until the returned function is called. */
function printStages({ aws, state }: Session): () => void {
  const printed = new Set<string>();
  const print = () => {
    for (const { apiName, url, shortUrl } of stageUrls(state, aws.endpoint)) {
      if (printed.has(url)) continue;
      printed.add(url);
      console.log(`WebSocket API ${apiName}: ${[url, shortUrl ?? []].flat().join(" or ")}`);
    }
  };
  print();
  const timer = setInterval(print, STAGE_INTERVAL);
  return () => clearInterval(timer);
}

/** Replaces the code of the functions when their sources change. */
async function followSources({ aws, state, terraform, work }: Session): Promise<() => void> {
  const shown = await terraform.run(["show", "-json"]);
  expectSuccess("show", shown);
  const sources = functionSources(resourcesOfState(shown.stdout), work);
  for (const source of sources) console.log(`Watching ${describeSource(source)}`);
  const deployed = (functionName: string) => {
    const functions = Object.values(state.regions).map(
      ({ lambda }) => lambda.functions[functionName],
    );
    return Buffer.from(functions.find((each) => each !== undefined)?.zipFile ?? "", "base64");
  };
  return await watchSources(sources, {
    deployed,
    update: (functionName, zip) => aws.updateFunctionCode(functionName, zip),
    onUpdated: (functionName, milliseconds) =>
      console.log(`Updated the code of ${functionName} in ${Math.round(milliseconds)} ms.`),
    onError: (functionName, error) =>
      console.error(
        `The code of ${functionName} was not updated: ${error instanceof Error ? error.message : String(error)}`,
      ),
  });
}

const describeSource = ({ functionName, code }: FunctionSource) =>
  `${code.type === "folder" ? code.folder : code.file} for the function ${functionName}`;
