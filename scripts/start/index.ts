/**
 * `npm start`: builds the functions, starts the local AWS with the stack, prints the functions' logs,
 * and deploys a function when one of its sources changes.
 */
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { stop as stopEsbuild } from "esbuild";
import {
  createLocalAws,
  type FaultRates,
  formatLogEvent,
  formatMessage,
  isRuntime,
  listFaults,
  LOCAL_ACCOUNT_ID,
  type LocalAws,
  parseFaults,
  type Runtime,
  RUNTIMES,
} from "@websocket-lambda/local-aws";
import { describeErrors, isBuildFailure } from "../build/build-failure.ts";
import { type FunctionName, openBuild } from "../build/index.ts";
import { createStackMapper } from "../build/map-stack.ts";
import { workspaceOf } from "../terraform.ts";
import { consoleOptions, documentPages, FRAME_PATTERNS } from "./console.ts";
import { startHotReload } from "./hot-reload.ts";
import { createIssuer } from "./issuer.ts";
import { functionNameOf, functionNamesIn, functionsOf, readStack, STAGE } from "./stack.ts";

const USAGE = `Usage: npm start -- [options]

Builds the functions and starts the local AWS with the stack and the console.

  --port <number>   port of the local AWS; 0 selects a free port (default: 4566)
  --auth            require a JWT to connect, run a local issuer and print a test token
  --empty           start without the stack, so that you can run \`terraform apply\`
  --runtime <name>  run the functions on ${RUNTIMES.join(" or ")} (default: the runtime of the stack)
  --account <id>    account ID of the local AWS, 12 digits (default: ${LOCAL_ACCOUNT_ID})
  --trace           print a trace of each message
  --fault <name>    inject a fault at a rate of 0.1 (10%), or with <name>=<rate> at a rate from 0
                    to 1. Repeat the option to inject several faults
  --allow-other-users
                    accept requests from processes of other users of this machine, such as containers
                    on the host network. Any such process can then run code as you
  --help            print this help

Faults:
${listFaults()}
`;

const root = join(import.meta.dirname, "..", "..");
const outDirectory = join(root, "dist");

interface Options {
  port: number;
  accountId: string;
  auth: boolean;
  empty: boolean;
  runtime: Runtime | undefined;
  faults: FaultRates;
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
      runtime: { type: "string" },
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
    throw new Error(`--port must be a whole number from 0 to 65535, not "${values.port}".`);
  const { account: accountId, auth, empty, runtime, trace } = values;
  if (runtime !== undefined && !isRuntime(runtime))
    throw new Error(`--runtime must be ${RUNTIMES.join(" or ")}, not "${runtime}".`);
  if (!/^\d{12}$/.test(accountId))
    throw new Error(`--account must have 12 digits, not "${accountId}".`);
  if (auth && empty) throw new Error("--auth and --empty cannot be used together.");
  if (runtime !== undefined && empty)
    throw new Error(
      "--runtime and --empty cannot be used together. Set the variable runtime of Terraform instead.",
    );
  const faults = parseFaults(values.fault);
  const allowOtherUsers = values["allow-other-users"];
  return { port, accountId, auth, empty, runtime, trace, allowOtherUsers, faults };
}

/**
 * Sets the region twice: the SDKs read `AWS_REGION`, and version 1 of the AWS CLI reads only
 * `AWS_DEFAULT_REGION`. The workspace separates the Terraform state of this local AWS from the states
 * of stacks on AWS.
 */
const shellVariables = (aws: LocalAws) =>
  `export AWS_ENDPOINT_URL=${aws.endpoint} TF_WORKSPACE=${workspaceOf(aws.accountId)} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1`;

const introductionWhenEmpty = (aws: LocalAws) => `
An empty local AWS is running. Press Ctrl-C to stop it. Its resources are not saved.

  Console  ${aws.endpoint}/

  In a second terminal, set the variables and apply Terraform:
           ${shellVariables(aws)}
           terraform -chdir=terraform/account init
           terraform -chdir=terraform/account apply
           terraform -chdir=terraform init
           terraform -chdir=terraform apply

  Terraform deploys the functions. After a change, run \`npm run build\` and apply again.

Logs of the functions:
`;

/** @param token undefined if the stack requires none. */
function introduction(aws: LocalAws, token: string | undefined): string {
  const url = aws.webSocketUrl(STAGE);
  const tokenQuery = token === undefined ? "" : `?token=${token}`;
  const message = '{"action": "uppercase", "data": {"text": "hello"}}';
  return `
WebSocket Lambda is running. Press Ctrl-C to stop it.

  Console  ${aws.endpoint}/
           Send messages and see each step of their processing.

  URL      ${url}
${token === undefined ? "" : introductionOfToken(token)}
  In a second terminal, connect and send a message:
           npx wscat -c '${url}${tokenQuery}'
           > ${message}

  For clients in TypeScript and Python, see examples/README.md.

  To use the AWS CLI and the SDKs with the local AWS, set these variables:
           ${shellVariables(aws)}

  Edit files in functions/ or shared/. The functions reload when you save.

Logs of the functions:
`;
}

const introductionOfToken = (token: string) => `
  Token    ${token}
           The subject is ada. The token expires in one hour.
           Browsers send it as a subprotocol: new WebSocket(url, ["websocket-lambda", token])
`;

async function start(options: Options): Promise<void> {
  const { port, accountId, auth, empty, runtime, faults, trace, allowOtherUsers } = options;
  const build = await openBuild({ outDirectory, logLevel: "silent" });
  const bundles = await build.run();
  for (const { name } of bundles)
    console.log(`built ${relative(process.cwd(), join(outDirectory, `${name}.zip`))}`);
  const issuer = auth ? await createIssuer() : undefined;
  const snapshot = empty ? undefined : await readStack(auth ? "authenticated" : "open", runtime);
  const mapStack = createStackMapper(outDirectory);
  let buildProblem: string | undefined;
  const aws = createLocalAws({
    accountId,
    faults,
    allowOtherUsers,
    spareProcesses: true,
    ...(snapshot !== undefined && { snapshot, functions: functionsOf(bundles) }),
    ...FRAME_PATTERNS,
    mapStack,
    console: consoleOptions({ issuer, notice: () => buildProblem }),
    pages: { ...documentPages, ...issuer?.pages },
  });
  await aws.listen(port).catch(async (error: unknown) => {
    await aws.close();
    throw error;
  });
  const token = await issuer?.tokenFor(aws.endpoint, "ada");
  aws.subscribe({
    log(event) {
      // The access log adds nothing to the functions' logs.
      if (event.logGroupName.startsWith("/aws/lambda/"))
        console.log(formatLogEvent(event, process.stdout, { mapStack }));
    },
    ...(trace && {
      message: (message) => console.log(formatMessage(message, process.stdout)),
    }),
  });
  console.log(empty ? introductionWhenEmpty(aws) : introduction(aws, token));

  const say = (text: string) => console.log(text);
  const onBuild = (problem: string | undefined) => void (buildProblem = problem);
  if (snapshot !== undefined)
    await startHotReload({ build, bundles, deploy: deployTo(aws, snapshot), say, onBuild });

  const close = async () => {
    await build.close();
    await stopEsbuild();
    await aws.close();
  };
  const end = () => {
    void close().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
}

/** Returns the `deploy` of hot reload: undefined is for a bundle without a function in the snapshot. */
function deployTo(aws: LocalAws, snapshot: string) {
  const functionNames = functionNamesIn(snapshot);
  return (bundle: FunctionName, zip: Uint8Array): string | undefined => {
    const functionName = functionNameOf(bundle);
    if (!functionNames.includes(functionName)) return undefined;
    aws.updateFunctionCode(functionName, zip);
    return functionName;
  };
}

/** One line for an error that the user can fix. Any other error keeps its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (isBuildFailure(error)) return describeErrors(error.errors);
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE" && "port" in error) return portInUse(Number(error.port));
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"))
    return `${error.message}\n\n${USAGE}`;
  return error.message.startsWith("--") ? error.message : (error.stack ?? error.message);
}

function portInUse(port: number): string {
  const other = port === 4567 ? 4568 : 4567;
  return `Port ${port} is in use. Stop the other process, or choose another port: npm start -- --port ${other}`;
}

// When the reader of the output exits, as in `npm start | head`, the local AWS keeps running.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

try {
  await start(options());
} catch (error) {
  // Otherwise esbuild prints a stack of its own when it is killed during a build.
  await stopEsbuild();
  console.error(explain(error));
  process.exit(1);
}
