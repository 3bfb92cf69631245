import type { Detail } from "./types.ts";

/** Tracks the parts of one message that are in progress. */
export interface Pending {
  /** Records an event. Returns true if no part of the message is in progress any more. */
  after(detail: Detail, run: string | undefined): boolean;
}

/** Creates a tracker. A message can be in API Gateway, in Lambda's queue and in functions at once. */
export function createPending(): Pending {
  /** The parts in progress: `gateway`, the id of a queued invocation, or the id of a function run. */
  const active = new Set<string>();
  return {
    after(detail, run = "") {
      switch (detail.type) {
        case "handshake":
        case "frame-in":
        case "closed":
          active.add("gateway");
          break;
        case "handled":
          active.delete("gateway");
          break;
        case "queued":
        case "retry":
          active.add(detail.invocation.requestId);
          break;
        case "environment":
          active.delete(detail.invocation.requestId);
          active.add(run);
          break;
        case "function-end":
          active.delete(run);
          break;
        case "given-up":
          active.delete(detail.invocation.requestId);
          break;
      }
      return active.size === 0;
    },
  };
}
