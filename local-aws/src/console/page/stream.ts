import type { Overview, TracedMessage } from "../../trace/types.ts";

/** Follows the local AWS for as long as the page is open; the browser connects again by itself. */
export function followTrace(handlers: {
  onMessage(message: TracedMessage): void;
  onOverview(overview: Overview): void;
  /** Whether the local AWS is there. */
  onReachable(isReachable: boolean): void;
}): void {
  const stream = new EventSource("/_local/trace/stream");
  stream.addEventListener("message", ({ data }: MessageEvent<string>) => {
    handlers.onMessage(JSON.parse(data) as TracedMessage);
  });
  stream.addEventListener("overview", ({ data }: MessageEvent<string>) => {
    handlers.onOverview(JSON.parse(data) as Overview);
  });
  stream.addEventListener("open", () => handlers.onReachable(true));
  stream.addEventListener("error", () => handlers.onReachable(false));
}
