#!/usr/bin/env node
/** The command `local-aws`: starts a local AWS and prints the logs of the functions. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import {
  commandOptions,
  describeCommandOptions,
  explainCommandError,
  readCommandValues,
  UsageError,
} from "./command-options.ts";
import { argumentsFromNpm } from "./npm-exec.ts";
import type { LocalAws, LocalAwsOptions } from "./local-aws.ts";
import { optimizeEarly } from "./optimize-early.ts";
import { printEvents } from "./terminal/print-events.ts";

const USAGE = `Usage: local-aws [options]
       local-aws start [options] [folder]
       local-aws check [options] [folder]

Starts an empty local AWS: WebSocket APIs of API Gateway, Lambda, IAM, SQS and CloudWatch. The commands
start and check apply the Terraform of a folder to it: see local-aws start --help.

${describeCommandOptions(`  --snapshot <file> start with the resources of a snapshot. To write one, fetch /_local/snapshot from
                    a running local AWS
  --functions <directory>
                    directory with a zip file for each function of the snapshot: <function name>.zip`)}`;

interface Arguments {
  port: number;
  trace: boolean;
  options: LocalAwsOptions;
}

const startOptions = {
  ...commandOptions,
  snapshot: { type: "string" },
  functions: { type: "string" },
} as const;

/** @returns undefined for `--help`. */
async function readArguments(args: string[]): Promise<Arguments | undefined> {
  const { values } = parseArgs({ args, options: startOptions });
  if (values.help) return undefined;
  const { snapshot, functions } = values;
  const { port, trace, options } = readCommandValues(values);
  if (functions !== undefined && snapshot === undefined)
    throw new UsageError("--functions needs --snapshot, which names the functions.");
  return {
    port,
    trace,
    options: {
      ...options,
      ...(snapshot !== undefined && {
        snapshot: await reading("--snapshot", snapshot, readFile(snapshot, "utf8")),
      }),
      ...(functions !== undefined && {
        functions: await reading("--functions", functions, readZips(functions)),
      }),
    },
  };
}

/** Reads the zip files of a directory. Returns them by their names without `.zip`. */
async function readZips(directory: string): Promise<Record<string, Buffer>> {
  const files = (await readdir(directory)).filter((file) => file.endsWith(".zip"));
  const zips = await Promise.all(
    files.map(async (file) => [basename(file, ".zip"), await readFile(join(directory, file))]),
  );
  return Object.fromEntries(zips);
}

async function reading<Content>(
  option: string,
  path: string,
  content: Promise<Content>,
): Promise<Content> {
  try {
    return await content;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw new UsageError(`${option}: ${path} ${READ_ERRORS[code] ?? `cannot be read: ${code}.`}`, {
      cause: error,
    });
  }
}

const READ_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist.",
  EISDIR: "is a directory.",
  ENOTDIR: "is not a directory.",
  EACCES: "cannot be read: permission denied.",
};

async function create(options: LocalAwsOptions): Promise<LocalAws> {
  // Loaded when the options are read, so that the help and an invalid option don't wait for it.
  const { createLocalAws } = await import("./local-aws.ts");
  try {
    return createLocalAws({ ...options, console: {}, spareProcesses: true });
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

/**
 * Returns the introduction. Its command sets both variables for the region: version 1 of the AWS CLI
 * reads only `AWS_DEFAULT_REGION`, and the SDKs read only `AWS_REGION`.
 */
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
  const aws = await create(options);
  const end = () => void aws.close().then(() => process.exit(0));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, end);
  try {
    await aws.listen(port);
    optimizeEarly();
  } catch (error) {
    await aws.close();
    throw error;
  }
  printEvents(aws, trace);
  console.log(introduction(aws, options.snapshot === undefined));
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

// If the reader of the output exits, as in `local-aws | head`, the local AWS keeps running.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

const given = process.argv.slice(2);
const [name, ...others] = given;
const command = name === "start" || name === "check" ? name : undefined;

try {
  const args = argumentsFromNpm(given, startOptions);
  // Loaded only when needed, because most runs do not use Terraform.
  if (command !== undefined)
    await (await import("./terraform/command.ts")).runCommand(command, others);
  else {
    const read = await readArguments(args);
    if (read === undefined) process.stdout.write(USAGE);
    else await start(read);
  }
} catch (error) {
  const sentence = explainCommandError(error, ["local-aws", command ?? []].flat().join(" "));
  console.error(sentence ?? (error instanceof Error ? error.stack : error));
  process.exitCode = sentence === undefined ? 1 : 2;
}
