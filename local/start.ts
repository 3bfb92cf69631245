/** `npm start`: builds the functions, starts the local AWS with the stack, and shows its logs. */
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { buildFunctions } from "../scripts/build.ts";
import { formatLogEvent } from "../scripts/log-format.ts";

import { createFaults, type Faults, listFaults, parseFaults } from "./faults/faults.ts";
import type { LocalAws } from "./local-aws.ts";
import { startEmpty, startStack, websocketUrl } from "./stack.ts";

const USAGE = `Usage: npm start -- [options]

  --port <number>   the port of the local AWS (default: 4566)
  --empty           a local AWS without the stack, for \`terraform apply\`
  --fault <name>    let it strike one time in ten, or with <name>=<rate> as often as that; repeatable
  --help            this text

Faults:
${listFaults()}
`;

const bundles = join(import.meta.dirname, "..", "dist");

interface Options {
  port: number;
  empty: boolean;
  faults: Faults;
}

function options(): Options {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "4566" },
      empty: { type: "boolean", default: false },
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
  return { port, empty: values.empty, faults: createFaults(parseFaults(values.fault)) };
}

const shellVariables = (aws: LocalAws) =>
  `export AWS_ENDPOINT_URL=${aws.endpoint} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1`;

const introductionWhenEmpty = (aws: LocalAws) => `
An empty local AWS runs on this machine. Ctrl-C ends it, and forgets what it holds.

  In a second terminal:
           ${shellVariables(aws)}
           terraform -chdir=terraform/account init
           terraform -chdir=terraform/account apply
           terraform -chdir=terraform init
           terraform -chdir=terraform apply

The functions' logs:
`;

function introduction(aws: LocalAws): string {
  const url = websocketUrl(aws, "websocket0", "production");
  const message = '{"action": "uppercase", "data": {"text": "hello"}}';
  return `
WebSocket Lambda runs on this machine. Ctrl-C ends it.

  URL      ${url}

  Talk to it in a second terminal:
           npx wscat -c ${url}
           > ${message}

  or from Python (pip install websockets):
           python3 -c 'with __import__("websockets.sync.client").sync.client.connect("${url}") as ws: ws.send("""${message}"""); print(ws.recv())'

  Lead the aws CLI and the SDKs here:
           ${shellVariables(aws)}

The functions' logs:
`;
}

async function start({ port, empty, faults }: Options): Promise<void> {
  for (const { name } of await buildFunctions(bundles))
    console.log(`built ${relative(process.cwd(), join(bundles, `${name}.zip`))}`);
  const aws = empty
    ? await startEmpty({ port, faults })
    : await startStack({ port, faults, bundles });
  aws.logs.subscribe((event) => {
    // The access log says nothing that these don't.
    if (event.logGroupName.startsWith("/aws/lambda/"))
      console.log(formatLogEvent(event, process.stdout));
  });
  console.log(empty ? introductionWhenEmpty(aws) : introduction(aws));

  const end = () => {
    void aws.close().then(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
}

/** What a person can mend is said in a line; a fault of ours keeps its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return "The port is taken. End what uses it, or choose another one: npm start -- --port 4567";
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"))
    return `${error.message}\n\n${USAGE}`;
  return error.message.startsWith("--") ? error.message : (error.stack ?? error.message);
}

try {
  await start(options());
} catch (error) {
  console.error(explain(error));
  process.exit(1);
}
