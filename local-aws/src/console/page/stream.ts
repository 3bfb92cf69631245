import type { Overview, TracedMessage } from "../../trace/types.ts";

/**
 * Receives the events of the local AWS while the page is open. The browser reconnects automatically.
 */
export function followTrace(handlers: {
  onMessage(message: TracedMessage): void;
  onOverview(overview: Overview): void;
  /** Called when the connection to the local AWS opens or is lost. */
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
