/** `npm start`. The help and an invalid option don't wait until the local AWS is loaded. */
import { explainCommandError } from "@websocket-lambda/local-aws/command-options";
import { runScript } from "../run-script.ts";
import { readOptions, USAGE } from "./options.ts";

const COMMAND = "npm start --";

async function main(): Promise<void> {
  const options = readOptions();
  const { start } = await import("./start.ts");
  process.exitCode = await start(options);
}

const explain = (error: unknown) => explainCommandError(error, COMMAND);

await runScript({ command: COMMAND, usage: USAGE, main, explain });
// Open handles must not keep the process running.
process.exit();
