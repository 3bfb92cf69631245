/**
 * The common options of the commands that start a local AWS. A separate entry of the package: it does not
 * load the local AWS, so that a command can explain an invalid option at once.
 */
import { type FaultRates, listFaults, parseFaults } from "./faults/faults.ts";
import { LOCAL_ACCOUNT_ID } from "./state.ts";
import type { TimingName } from "./timing.ts";

export { isRuntime, type Runtime, RUNTIMES } from "./lambda/environment/node-executable.ts";
export { optimizeEarly } from "./optimize-early.ts";

const DEFAULT_PORT = 4566;

/** A mistake in the arguments of a command. The message says what is wrong. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The options, as `parseArgs` of Node.js expects them. */
export const commandOptions = {
  port: { type: "string", default: String(DEFAULT_PORT) },
  account: { type: "string" },
  trace: { type: "boolean", default: false },
  fault: { type: "string", multiple: true, default: [] as string[] },
  "allow-aws-host": { type: "string", multiple: true, default: [] as string[] },
  "allow-other-users": { type: "boolean", default: false },
  "aws-timing": { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** The values that `parseArgs` returns for `commandOptions`. */
export interface CommandValues {
  port: string;
  account?: string | undefined;
  trace: boolean;
  fault: string[];
  "allow-aws-host": string[];
  "allow-other-users": boolean;
  "aws-timing": boolean;
}

/** The settings that the user chose. The default account is that of the snapshot. */
export interface CommandSettings {
  port: number;
  trace: boolean;
  options: {
    accountId?: string;
    faults: FaultRates;
    allowedAwsHosts: readonly string[];
    allowOtherUsers: boolean;
    timing: TimingName;
  };
}

/**
 * Describes the options for `--help`.
 * @param others lines for further options of the command.
 */
export const describeCommandOptions = (others: string): string =>
  `  --port <number>   port of the local AWS; 0 selects a free port (default: ${DEFAULT_PORT})
  --account <id>    account ID of the local AWS, 12 digits (default: that of the snapshot, or
                    ${LOCAL_ACCOUNT_ID})
${others}
  --trace           print a trace of each message
  --fault <name>    inject a fault at a rate of 0.1 (10%), or with <name>=<rate> at a rate from 0
                    to 1. Repeat the option to inject several faults
  --allow-aws-host <name>
                    let functions connect to a host on AWS, such as s3.eu-west-1.amazonaws.com.
                    Repeat the option to allow several hosts
  --allow-other-users
                    accept requests from processes of other users of this machine, such as containers
                    on the host network. Any such process can then run code as your user
  --aws-timing      changes take as long as on AWS: a new function is Pending for seconds, and the name
                    of a deleted queue is unavailable for a minute (default: changes complete at once)
  --help            print this help

Faults:
${listFaults()}
`;

/**
 * Checks the values of the options.
 * @throws {UsageError} if a value is invalid.
 */
export function readCommandValues(values: CommandValues): CommandSettings {
  const { account: accountId, trace, "allow-other-users": allowOtherUsers } = values;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new UsageError(`--port must be a whole number from 0 to 65535, not "${values.port}".`);
  if (accountId !== undefined && !/^\d{12}$/.test(accountId))
    throw new UsageError(`--account must have 12 digits, not "${accountId}".`);
  return {
    port,
    trace,
    options: {
      ...(accountId !== undefined && { accountId }),
      faults: faultsOf(values.fault),
      allowedAwsHosts: values["allow-aws-host"],
      allowOtherUsers,
      timing: values["aws-timing"] ? "aws" : "short",
    },
  };
}

function faultsOf(specifications: readonly string[]): FaultRates {
  try {
    return parseFaults(specifications);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/**
 * Describes an error of `listen()` or `parseArgs` in one sentence that says what to do. Returns undefined
 * for any other error.
 * @param command the command as a user types it, without options.
 */
export function explainCommandError(error: unknown, command: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof UsageError) return error.message;
  const code = "code" in error ? String(error.code) : "";
  if (code.startsWith("ERR_PARSE_ARGS"))
    return `${error.message.replace(/\.?$/, ".")} For all options, run ${command} --help.`;
  if (!("syscall" in error && error.syscall === "listen" && "port" in error)) return undefined;
  const port = Number(error.port);
  const other = `${command} --port ${port === 4567 ? 4568 : 4567}`;
  if (code === "EADDRINUSE")
    return `Port ${port} is in use. Stop the other process, or choose another port: ${other}`;
  if (code === "EACCES")
    return `Port ${port} is reserved for the administrator of this machine. Choose another port: ${other}`;
  return undefined;
}
