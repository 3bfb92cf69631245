import type { FunctionProcess } from "./function-process.ts";

/** Ends function processes where the local AWS ends without having been closed. */
export interface ExitGuard {
  /** @returns a function that is to be called when the process has ended by itself. */
  add(child: FunctionProcess): () => void;
}

export function createExitGuard(): ExitGuard {
  const children = new Set<FunctionProcess>();
  const killAll = () => {
    for (const child of children) child.kill();
  };
  return {
    add(child) {
      if (children.size === 0) process.once("exit", killAll);
      children.add(child);
      return () => {
        children.delete(child);
        if (children.size === 0) process.off("exit", killAll);
      };
    },
  };
}
