#!/usr/bin/env node
/** The command `local-aws`: starts a local AWS and prints the logs of the functions. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { listFaults, parseFaults } from "./faults/faults.ts";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
import { LOCAL_ACCOUNT_ID } from "./state.ts";
import { formatLogEvent } from "./terminal/log-format.ts";
import { formatMessage } from "./terminal/trace-format.ts";

const DEFAULT_PORT = 4566;

const USAGE = `Usage: local-aws [options]

Starts an empty local AWS: WebSocket APIs of API Gateway, Lambda, IAM, SQS and CloudWatch.

  --port <number>   port of the local AWS; 0 selects a free port (default: ${DEFAULT_PORT})
  --account <id>    account ID of the local AWS, 12 digits (default: that of the snapshot, or
                    ${LOCAL_ACCOUNT_ID})
  --snapshot <file> start with the resources of a snapshot. To write one, fetch /_local/snapshot from
                    a running local AWS
  --functions <directory>
                    directory with a zip file for each function of the snapshot: <function name>.zip
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

/** A mistake in the arguments. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

interface Arguments {
  port: number;
  trace: boolean;
  options: LocalAwsOptions;
}

/** @returns undefined for `--help`. */
async function readArguments(): Promise<Arguments | undefined> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: String(DEFAULT_PORT) },
      account: { type: "string" },
      snapshot: { type: "string" },
      functions: { type: "string" },
      trace: { type: "boolean", default: false },
      fault: { type: "string", multiple: true, default: [] },
      "allow-other-users": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { account: accountId, snapshot, functions, trace } = values;
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || values.port.trim() === "")
    throw new UsageError(`--port must be a whole number from 0 to 65535, not "${values.port}".`);
  if (accountId !== undefined && !/^\d{12}$/.test(accountId))
    throw new UsageError(`--account must have 12 digits, not "${accountId}".`);
  if (functions !== undefined && snapshot === undefined)
    throw new UsageError("--functions needs --snapshot, which names the functions.");
  return {
    port,
    trace,
    options: {
      ...(accountId !== undefined && { accountId }),
      ...(snapshot !== undefined && {
        snapshot: await reading("--snapshot", readFile(snapshot, "utf8")),
      }),
      ...(functions !== undefined && {
        functions: await reading("--functions", readZips(functions)),
      }),
      faults: faultsOf(values.fault),
      allowOtherUsers: values["allow-other-users"],
    },
  };
}

function faultsOf(specifications: readonly string[]) {
  try {
    return parseFaults(specifications);
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/** The zip files of a directory, by their names without `.zip`. */
async function readZips(directory: string): Promise<Record<string, Buffer>> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".zip"));
  const zips = await Promise.all(
    files.map(async (file) => [basename(file, ".zip"), await readFile(join(directory, file))]),
  );
  return Object.fromEntries(zips);
}

async function reading<Content>(option: string, content: Promise<Content>): Promise<Content> {
  try {
    return await content;
  } catch (error) {
    throw new UsageError(`${option}: ${messageOf(error)}`, { cause: error });
  }
}

function create(options: LocalAwsOptions): LocalAws {
  try {
    const aws = createLocalAws({
      ...options,
      console: {},
      spareProcesses: true,
      pages: {
        "/_local/snapshot": (_request, response) =>
          void response.writeHead(200, { "Content-Type": "application/json" }).end(aws.snapshot()),
      },
    });
    return aws;
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/** Version 1 of the AWS CLI reads only `AWS_DEFAULT_REGION`, and the SDKs only `AWS_REGION`. */
const introduction = ({ endpoint }: LocalAws, isEmpty: boolean) => `
${isEmpty ? "An empty local AWS" : "The local AWS"} is running. Press Ctrl-C to stop it. Its resources are not saved.

  Console  ${endpoint}/
           Send messages and see each step of their processing.

  To use the AWS CLI, the SDKs and Terraform with the local AWS, set these variables:
           export AWS_ENDPOINT_URL=${endpoint} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1

  URL of a WebSocket API
           ${endpoint.replace(/^http/, "ws")}/_aws/execute-api/{apiId}/{stage}

Logs of the functions:
`;

async function start({ port, trace, options }: Arguments): Promise<void> {
  const aws = create(options);
  const end = () => void aws.close().then(() => process.exit(0));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
  try {
    await aws.listen(port);
  } catch (error) {
    await aws.close();
    throw error;
  }
  aws.subscribe({
    log(event) {
      // The access log adds nothing to the logs of the functions.
      if (event.author !== "access-log") console.log(formatLogEvent(event, process.stdout));
    },
    ...(trace && {
      message: (message) => console.log(formatMessage(message, process.stdout)),
    }),
  });
  console.log(introduction(aws, options.snapshot === undefined));
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** One line for an error that the user can fix. Any other error keeps its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE" && "port" in error)
    return `Port ${String(error.port)} is in use. Stop the other process, or choose another port with --port.`;
  if (typeof code === "string" && code.startsWith("ERR_PARSE_ARGS"))
    return `${error.message.replace(/\.?$/, ".")} For all options, run local-aws --help.`;
  return error instanceof UsageError ? error.message : (error.stack ?? error.message);
}

// When the reader of the output exits, as in `local-aws | head`, the local AWS keeps running.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

try {
  const args = await readArguments();
  if (args === undefined) process.stdout.write(USAGE);
  else await start(args);
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
