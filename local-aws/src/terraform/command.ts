/** The commands `local-aws start` and `local-aws check`. */
import { readCommandInput, USAGE } from "./options.ts";
import { TerraformStopped } from "./terraform-program.ts";

// Loaded when the options are read, so that the help and an invalid option don't wait for it.
const COMMANDS = {
  start: async () => (await import("./start.ts")).start,
  check: async () => (await import("./check.ts")).check,
};

/** Runs a command until it ends or a signal stops it. */
export async function runCommand(
  name: keyof typeof COMMANDS,
  args: readonly string[],
): Promise<void> {
  const input = readCommandInput(args);
  if (input === undefined) {
    process.stdout.write(USAGE);
    return;
  }
  try {
    const command = await COMMANDS[name]();
    await command(input, stopSignal());
  } catch (error) {
    if (!(error instanceof TerraformStopped)) throw error;
  }
}

/** Resolves with the first signal that asks this process to stop. Later ones have no effect. */
const stopSignal = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => resolve(signal));
  });
