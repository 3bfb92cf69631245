import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { setTimeout } from "node:timers/promises";

/** Milliseconds between a signal and SIGKILL. */
const GRACE_PERIOD = 1000;
const INTERVAL = 20;

/**
 * Runs a command in a shell. Stops all processes that the command started.
 * @param options.environment replaces variables of this process. Undefined removes a variable.
 * @param options.stopped resolves with the signal that ends the command early.
 * @returns its exit code, or 128 plus the number of the signal that ended it, as in a shell.
 */
export async function runCommand(
  command: string,
  options: {
    environment: Readonly<Record<string, string | undefined>>;
    stopped: Promise<NodeJS.Signals>;
  },
): Promise<number> {
  const { environment, stopped } = options;
  // In its own process group, because a shell does not forward signals to its children.
  const child = spawn(command, {
    shell: true,
    detached: true,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  const exited = once(child, "exit");
  const signal = await Promise.race([exited.then(() => undefined), stopped]);
  if (child.pid !== undefined) await endGroup(child.pid, signal ?? "SIGTERM");
  if (signal !== undefined) return 128 + constants.signals[signal];
  return child.exitCode ?? 128 + constants.signals[child.signalCode ?? "SIGKILL"];
}

/** Signals the processes of a group, waits until they end, and kills those that do not. */
async function endGroup(group: number, signal: NodeJS.Signals): Promise<void> {
  const deadline = performance.now() + GRACE_PERIOD;
  let running = signalGroup(group, signal);
  while (running && performance.now() < deadline) {
    await setTimeout(INTERVAL);
    running = signalGroup(group, 0);
  }
  if (running) signalGroup(group, "SIGKILL");
}

/** Sends a signal to a process group. @returns whether the group has a process. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
