import type { Detail } from "./types.ts";

/** What of one message is under way. */
export interface Pending {
  /** Whether nothing is, once this has happened. */
  after(detail: Detail, run: string | undefined): boolean;
}

/** A message is under way in API Gateway, in Lambda's queue and in functions, each for itself. */
export function createPending(): Pending {
  /** `gateway`, the id of an invocation that waits, or a run. */
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
