/** Runs the main function of a script, explains its errors and sets the exit code. */
import { explainAwsFailure } from "./aws-failure.ts";
import { describeErrors, isBuildFailure } from "./build/build-failure.ts";

/** The exit code of a script that stopped because of a mistake that the user can fix. */
const MISTAKE = 2;

/** An error that the user can fix. The message says what is wrong and what to do. */
export class UserError extends Error {
  override readonly name = "UserError";
}

/**
 * Runs a script. If its main function throws an error that the user can fix, prints an explanation and
 * sets the exit code to 2. For any other error, prints the stack and sets the exit code to 1.
 * @param script.command the command that a user types before the options, such as `npm start --`.
 * @param script.usage the text to print for `--help`. The main function does not run then.
 * @param script.explain returns the explanation of an error, or undefined for an unknown error.
 */
export async function runScript(script: {
  command: string;
  usage: string;
  main(): void | Promise<void>;
  explain?(error: unknown): string | undefined;
}): Promise<void> {
  const { command, usage, main, explain } = script;
  // When the reader of the output exits, as in `npm start | head`, the script keeps running.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});
  if (process.argv.includes("--help", 2)) {
    process.stdout.write(usage);
    return;
  }
  try {
    await main();
  } catch (error) {
    const sentence = explain?.(error) ?? explainMistake(error, command);
    process.exitCode = sentence === undefined ? 1 : MISTAKE;
    if (sentence === undefined) console.error(error);
    console.error(sentence ?? `This is a bug in ${command.replace(/ --$/, "")}. Please report it.`);
  }
}

function explainMistake(error: unknown, command: string): string | undefined {
  if (error instanceof UserError) return error.message;
  if (isBuildFailure(error)) return describeErrors(error.errors);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (error instanceof Error && code.startsWith("ERR_PARSE_ARGS"))
    return `${error.message.replace(/\.?$/, ".")} For all options, run ${command} --help.`;
  return explainAwsFailure(error);
}
