import type { FunctionProcess } from "./function-process.ts";
import type { StartProcess } from "./sandbox.ts";

type Handlers = Parameters<StartProcess>[0];

/** A process that was started before anybody needed it, and waits for the word to load its function. */
export interface SpareProcess {
  /** Hands it over; where it is taken already, or has ended, a new one is started. */
  startProcess: StartProcess;
  /** Ends it, unless it is taken. */
  discard(): void;
}

/** @throws where no process can be started. */
export function startSpareProcess(start: StartProcess): SpareProcess {
  let taken: Handlers | undefined;
  /** What Node.js itself says at its start, of an option that it doesn't know maybe. */
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
