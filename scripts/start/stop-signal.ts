/** The process that started this one: npm, or the shell. */
const parent = process.ppid;

/** Milliseconds between two checks of the parent. */
const INTERVAL = 250;

/**
 * Resolves with the first signal that asks this process to stop. Ignores later signals: on Ctrl-C, both
 * the terminal and npm send one.
 *
 * npm forwards only SIGINT and SIGTERM. If npm ends for another reason, such as SIGHUP or SIGKILL, this
 * process would keep running. So the end of npm counts as SIGHUP.
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
