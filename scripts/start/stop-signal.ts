/** The process that started this one: npm, or the shell. */
const parent = process.ppid;

/** Milliseconds between two looks at the parent. */
const INTERVAL = 250;

/**
 * Resolves with the first signal that asks this process to stop. Later ones have no effect: on Ctrl-C,
 * the terminal signals this process, and npm does so again.
 *
 * npm forwards only SIGINT and SIGTERM. If it ends for another reason, such as SIGHUP or SIGKILL, this
 * process would run on without it. That counts as SIGHUP.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => resolve(signal));
    if (process.env["npm_lifecycle_event"] === undefined) return;
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      resolve("SIGHUP");
    }, INTERVAL);
    watch.unref();
  });
}
