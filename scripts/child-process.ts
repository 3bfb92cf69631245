import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

/**
 * Waits for the end of a child process, also where this process is to end: it passes SIGTERM on, and
 * SIGHUP as SIGTERM, on which Terraform ends in good order. Ctrl-C reaches the child from the
 * terminal.
 * @returns its exit code. Never 0 where this process was to end: its next step must not follow.
 * @throws where the child can't be started.
 */
export async function waitForExit(child: ChildProcess): Promise<number> {
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    received = signal;
    if (signal !== "SIGINT") child.kill("SIGTERM");
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    const interrupted = received === undefined ? undefined : 128 + constants.signals[received];
    return code || (interrupted ?? code ?? 1);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
