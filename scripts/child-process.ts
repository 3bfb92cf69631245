import type { ChildProcess } from "node:child_process";
import { constants } from "node:os";

/**
 * Starts a child process and waits until it exits. If this process receives SIGTERM or SIGHUP in the
 * meantime, sends SIGTERM to the child, so that Terraform stops gracefully. The terminal itself sends
 * Ctrl-C to the child.
 * @param start starts the child. It is called after the signal handlers are installed, so that no signal
 * ends this process and leaves the child running.
 * @returns the child's exit code. Never 0 after a signal, so that the caller does not continue.
 * @throws if the child cannot be started.
 */
export async function runChild(start: () => ChildProcess): Promise<number> {
  let child: ChildProcess | undefined;
  let received: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    received = signal;
    if (signal !== "SIGINT") child?.kill("SIGTERM");
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    const started = start();
    child = started;
    const code = await new Promise<number | null>((resolve, reject) => {
      started.once("error", reject);
      started.once("close", resolve);
    });
    const interrupted = received === undefined ? undefined : 128 + constants.signals[received];
    return code || (interrupted ?? code ?? 1);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
