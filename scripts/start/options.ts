/** The options of `npm start`. */
import { parseArgs } from "node:util";
import {
  commandOptions,
  type CommandSettings,
  describeCommandOptions,
  isRuntime,
  readCommandValues,
  type Runtime,
  RUNTIMES,
} from "@websocket-lambda/local-aws/command-options";
import { UserError } from "../run-script.ts";

export const USAGE = `Usage: npm start -- [options]

Builds the functions and starts the local AWS with the stack and the console.

${describeCommandOptions(`  --auth            require a JWT to connect, run a local issuer and print a test token
  --empty           start without the stack, so that you can run \`terraform apply\`
  --runtime <name>  run the functions on ${RUNTIMES.join(" or ")} (default: the runtime of the stack)
  --run <command>   run a command when the stack is ready, then stop, and exit with its exit code.
                    The command gets WEBSOCKET_URL and the variables for the AWS CLI and the SDKs,
                    and with --auth a token in WEBSOCKET_TOKEN`)}`;

export interface StartOptions extends CommandSettings {
  auth: boolean;
  empty: boolean;
  /** Replaces the runtime of the stack. */
  runtime: Runtime | undefined;
  /** A command for the shell. Undefined: run until a signal. */
  command: string | undefined;
}

/** @throws if an option is unknown or has an invalid value. */
export function readOptions(): StartOptions {
  const { values } = parseArgs({
    options: {
      ...commandOptions,
      auth: { type: "boolean", default: false },
      empty: { type: "boolean", default: false },
      runtime: { type: "string" },
      run: { type: "string" },
    },
  });
  const { auth, empty, runtime, run: command } = values;
  if (runtime !== undefined && !isRuntime(runtime))
    throw new UserError(`--runtime must be ${RUNTIMES.join(" or ")}, not "${runtime}".`);
  if (auth && empty) throw new UserError("--auth and --empty cannot be used together.");
  if (runtime !== undefined && empty)
    throw new UserError(
      "--runtime and --empty cannot be used together. Set the variable runtime of Terraform instead.",
    );
  if (command?.trim() === "")
    throw new UserError('--run needs a command, such as --run "npm test".');
  return { ...readCommandValues(values), auth, empty, runtime, command };
}
