import type { IncomingMessage, ServerResponse } from "node:http";
import { reportError } from "../report-error.ts";
import { PAGE_HEADERS, sendJson } from "../server/json-page.ts";
import type { Page } from "../server/server.ts";
import type { Recorder } from "./recorder.ts";
import type { Overview, TraceResponse, TracedMessage } from "./types.ts";

/** Milliseconds between two checks for changes. */
const MESSAGES_EVERY = 50;
const OVERVIEW_EVERY = 250;

/** Creates the pages `/_local/trace`, as JSON or as a stream of server-sent events, and `/_local/overview`. */
export function tracePages(options: {
  recorder: Recorder;
  overview(): Promise<Overview>;
}): Record<string, Page> {
  const { recorder, overview } = options;
  const trace: Page = (request, response) => {
    const accepts = request.headers.accept?.includes("text/event-stream") ?? false;
    if (accepts) return stream(request, response, options);
    const { revision } = recorder;
    const messages = recorder.messages(sinceOf(request));
    sendJson(response, { revision, messages } satisfies TraceResponse);
  };
  return {
    "/_local/trace": trace,
    "/_local/trace/stream": (request, response) => stream(request, response, options),
    "/_local/overview": async (_request, response) => sendJson(response, await overview()),
  };
}

/** Returns the revision in a request, or 0 if it has none. */
function sinceOf({ url = "", headers }: IncomingMessage): number {
  const query = new URLSearchParams(url.split("?", 2)[1]);
  const since = Number(headers["last-event-id"] ?? query.get("since") ?? 0);
  return Number.isFinite(since) ? since : 0;
}

/**
 * Sends the events `message`, each with the current `TracedMessage`, and `overview`. A message is sent
 * again after it has changed; several changes are combined. Nothing is sent until the client has read the
 * data before it, so a stalled client needs the memory of one event, not of the whole history.
 */
function stream(
  request: IncomingMessage,
  response: ServerResponse,
  { recorder, overview }: { recorder: Recorder; overview(): Promise<Overview> },
): void {
  let sent = sinceOf(request);
  let lastOverview = "";

  /** Ends only this stream after an error. */
  const onError = (error: unknown) => {
    reportError(error);
    response.destroy();
  };
  const sendMessages = async () => {
    if (recorder.revision === sent || response.writableNeedDrain) return;
    const messages = recorder.messages(sent).map(messageEvent).join("");
    sent = recorder.revision;
    // The ID is last, so a client that has lost a part of the messages requests all of them again.
    response.write(`${messages}id: ${sent}\n\n`);
  };
  const sendOverview = async () => {
    const now = JSON.stringify(await overview());
    if (now === lastOverview || response.writableNeedDrain) return;
    lastOverview = now;
    response.write(`event: overview\ndata: ${now}\n\n`);
  };

  response.writeHead(200, { ...PAGE_HEADERS, "Content-Type": "text/event-stream" });
  // Tells the client at once that it is connected.
  response.write("retry: 1000\n\n");
  const timers = [
    setInterval(() => void sendMessages().catch(onError), MESSAGES_EVERY),
    setInterval(() => void sendOverview().catch(onError), OVERVIEW_EVERY),
  ];
  response.once("close", () => {
    for (const timer of timers) clearInterval(timer);
  });
  void sendMessages().catch(onError);
  void sendOverview().catch(onError);
}

const messageEvent = (message: TracedMessage) =>
  `event: message\ndata: ${JSON.stringify(message)}\n\n`;
