import type { FunctionProcess } from "./function-process.ts";
import type { ProcessStarter } from "./sandbox.ts";

type Handlers = Parameters<ProcessStarter>[0];

/** A process that was started before an invocation needs it, and waits for the command to load. */
export interface SpareProcess {
  /** Hands it over. Starts a new process if it is taken already, or has exited. */
  startProcess: ProcessStarter;
  /** Kills it, unless it is taken. */
  discard(): void;
}

/** @throws {Error} if the system cannot start another process. */
export function startSpareProcess(start: ProcessStarter): SpareProcess {
  let taken: Handlers | undefined;
  /** What Node.js itself writes at its start, for example a warning about an option. */
  const output: string[] = [];
  let spare: FunctionProcess | undefined = start({
    onFrame: (...frame) => taken?.onFrame(...frame),
    onOutput: (text) => (taken === undefined ? void output.push(text) : taken.onOutput(text)),
    onExit(exit) {
      spare = undefined;
      taken?.onExit(exit);
    },
  });
  return {
    startProcess(handlers) {
      if (spare === undefined || taken !== undefined) return start(handlers);
      taken = handlers;
      for (const text of output) handlers.onOutput(text);
      return spare;
    },
    discard() {
      if (taken === undefined) spare?.kill();
    },
  };
}
