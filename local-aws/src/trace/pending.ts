import type { Detail } from "./types.ts";

/** Tracks the parts of one message that are in progress. */
export interface Pending {
  /** Records an event. Returns whether nothing of the message is in progress. */
  after(detail: Detail, run: string | undefined): boolean;
}

/** Creates a tracker. A message can be in API Gateway, in Lambda's queue and in functions at once. */
export function createPending(): Pending {
  /** `gateway`, the ID of an invocation that waits, or a run. */
  const places = new Set<string>();
  return {
    after(detail, run = "") {
      switch (detail.type) {
        case "handshake":
        case "frame-in":
        case "closed":
          places.add("gateway");
          break;
        case "handled":
          places.delete("gateway");
          break;
        case "queued":
        case "retry":
          places.add(detail.invocation.requestId);
          break;
        case "environment":
          places.delete(detail.invocation.requestId);
          places.add(run);
          break;
        case "function-end":
          places.delete(run);
          break;
        case "given-up":
          places.delete(detail.invocation.requestId);
          break;
      }
      return places.size === 0;
    },
  };
}
