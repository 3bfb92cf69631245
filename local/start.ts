/**
 * `npm start`: builds the functions, starts the local AWS with the stack, shows its logs, and deploys
 * what changes in the functions.
 */
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { stop as stopEsbuild } from "esbuild";
import { describeBuildFailures, isBuildFailure } from "../scripts/build-failure.ts";
import { openBuilds } from "../scripts/build.ts";
import { formatLogEvent } from "../scripts/log-format.ts";
import { workspaceOf } from "../scripts/terraform.ts";

import { consolePages } from "./console/index.ts";
import { firstUrl } from "./console/settings.ts";
import { createFaults, type Faults, listFaults, parseFaults } from "./faults/faults.ts";
import { startHotReload } from "./hot-reload/index.ts";
import { readSources } from "./hot-reload/watch-sources.ts";
import { createIssuer } from "./issuer/index.ts";
import type { LocalAws } from "./local-aws.ts";
import { startEmpty, startStack, websocketUrl } from "./stack.ts";
import { LOCAL_ACCOUNT_ID } from "./state.ts";
import { createRecorder } from "./trace/recorder.ts";
import { onSettled } from "./trace/settling.ts";
import { formatMessage } from "./trace/terminal.ts";

const USAGE = `Usage: npm start -- [options]

  --port <number>   the port of the local AWS (default: 4566)
  --auth            a stack that wants a token, an issuer of tokens, and a token to try
  --empty           a local AWS without the stack, for \`terraform apply\`
  --account <id>    the number of its account (default: ${LOCAL_ACCOUNT_ID})
  --trace          the way of each message, in the terminal
  --fault <name>    let it strike one time in ten, or with <name>=<rate> as often as that; repeatable
  --allow-other-users
                    accepts requests from processes of other users of this machine, such as those of
                    containers on its network. Every request can run code as you
  --help            this text

Faults:
${listFaults()}
`;

const root = join(import.meta.dirname, "..");
const outDirectory = join(root, "dist");
/** What a bundle is made of, beside packages. */
const directories = [join(root, "functions"), join(root, "shared")];

interface Options {
  port: number;
  accountId: string;
  auth: boolean;
  empty: boolean;
  faults: Faults;
  trace: boolean;
  allowOtherUsers: boolean;
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4566" },
      account: { type: "string", default: LOCAL_ACCOUNT_ID },
      auth: { type: "boolean", default: false },
      empty: { type: "boolean", default: false },
      trace: { type: "boolean", default: false },
      "allow-other-users": { type: "boolean", default: false },
      fault: { type: "string", multiple: true, default: [] },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, not "${values.port}".`);
  const { account: accountId, auth, empty, trace, "allow-other-users": allowOtherUsers } = values;
  if (!/^\d{12}$/.test(accountId))
    throw new Error(`--account takes a number of 12 digits, not "${accountId}".`);
  if (auth && empty) throw new Error("--auth and --empty exclude each other.");
  const faults = createFaults(parseFaults(values.fault));
  return { port, accountId, auth, empty, trace, allowOtherUsers, faults };
}

/**
 * The region twice, for the SDKs read the first, and version 1 of the aws CLI the second alone. The
 * workspace keeps Terraform's state for this local AWS apart from those of stacks on AWS.
 */
const shellVariables = (aws: LocalAws) =>
  `export AWS_ENDPOINT_URL=${aws.endpoint} TF_WORKSPACE=${workspaceOf(aws.state.accountId)} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1`;

const introductionWhenEmpty = (aws: LocalAws) => `
An empty local AWS runs on this machine. Ctrl-C ends it, and forgets what it holds.

  Console  ${aws.endpoint}/

  In a second terminal:
           ${shellVariables(aws)}
           terraform -chdir=terraform/account init
           terraform -chdir=terraform/account apply
           terraform -chdir=terraform init
           terraform -chdir=terraform apply

  What runs here is Terraform's: after a change in the functions, \`npm run build\` and apply again.

The functions' logs:
`;

/** @param token to connect with; undefined: the stack wants none. */
function introduction(aws: LocalAws, token: string | undefined): string {
  const url = websocketUrl(aws, "websocket0", "production");
  const tokenQuery = token === undefined ? "" : `?token=${token}`;
  const message = '{"action": "uppercase", "data": {"text": "hello"}}';
  return `
WebSocket Lambda runs on this machine. Ctrl-C ends it.

  Console  ${aws.endpoint}/
           Send messages, and see them travel.

  URL      ${url}

  Talk to it in a second terminal:
           npx wscat -c '${url}${tokenQuery}'
           > ${message}

  or from Python (pip install websockets):
           python3 -c 'with __import__("websockets.sync.client").sync.client.connect("${url}${tokenQuery}") as ws: ws.send("""${message}"""); print(ws.recv())'
${token === undefined ? "" : INTRODUCTION_OF_TOKEN}
  Lead the aws CLI and the SDKs here:
           ${shellVariables(aws)}

  Change something in functions/ or shared/, and the next message runs it.

The functions' logs:
`;
}

const INTRODUCTION_OF_TOKEN = `
  The token is Ada's, for an hour. A browser sends it as a subprotocol, which stays out of URLs:
           new WebSocket(url, ["websocket-lambda", token])
`;

async function start(options: Options): Promise<void> {
  const { port, accountId, auth, empty, faults, trace, allowOtherUsers } = options;
  const sources = await readSources(directories);
  const builds = await openBuilds({ outDirectory, logLevel: "silent" });
  const bundles = await Promise.all(builds.map((build) => build.run()));
  for (const { name } of bundles)
    console.log(`built ${relative(process.cwd(), join(outDirectory, `${name}.zip`))}`);
  const issuer = auth ? await createIssuer() : undefined;
  const recorder = createRecorder();
  // A page that was open before may ask for these while the stack is still being loaded.
  const started = Promise.withResolvers<LocalAws>();
  const consoles = consolePages(async () => {
    const { state, endpoint } = await started.promise;
    const token = (await issuer?.tokenFor(endpoint, "ada")) ?? null;
    return { url: firstUrl(state, endpoint), token };
  });
  const shared = { port, accountId, faults, recorder, allowOtherUsers, spareProcesses: true };
  const aws = empty
    ? await startEmpty({ ...shared, pages: consoles })
    : await startStack({
        ...shared,
        bundles: outDirectory,
        stack: auth ? "authenticated" : "open",
        pages: { ...consoles, ...issuer?.pages },
      });
  started.resolve(aws);
  const token = await issuer?.tokenFor(aws.endpoint, "ada");
  aws.logs.subscribe((event) => {
    // The access log says nothing that these don't.
    if (event.logGroupName.startsWith("/aws/lambda/"))
      console.log(formatLogEvent(event, process.stdout));
  });
  if (trace) onSettled(recorder, (message) => console.log(formatMessage(message, process.stdout)));
  console.log(empty ? introductionWhenEmpty(aws) : introduction(aws, token));

  const say = (text: string) => console.log(text);
  const reload = empty
    ? undefined
    : await startHotReload({ aws, builds, bundles, directories, sources, say }).catch((error) => {
        say(`Changes in the functions are not seen: ${String(error)}`);
      });

  const close = async () => {
    await reload?.close();
    await stopEsbuild();
    await aws.close();
  };
  const end = () => {
    void close().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
}

/** What a person can mend is said in a line; a fault of ours keeps its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isBuildFailure(error)) return describeBuildFailures([error]);
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return "The port is taken. End what uses it, or choose another one: npm start -- --port 4567";
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"))
    return `${error.message}\n\n${USAGE}`;
  return error.message.startsWith("--") ? error.message : (error.stack ?? error.message);
}

// A reader that is gone, as in `npm start | head`, ends the output and not the local AWS.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

try {
  await start(options());
} catch (error) {
  // Killed in the middle of a build, esbuild would print a stack of its own.
  await stopEsbuild();
  console.error(explain(error));
  process.exit(1);
}
