import type { IncomingMessage, ServerResponse } from "node:http";
import { reportError } from "../report-error.ts";
import { PAGE_HEADERS, sendJson } from "../server/json-page.ts";
import type { Page } from "../server/server.ts";
import type { Recorder } from "./recorder.ts";
import type { Overview, TraceAnswer, TracedMessage } from "./types.ts";

/** Milliseconds between two looks at what has changed. */
const MESSAGES_EVERY = 50;
const OVERVIEW_EVERY = 250;

/** `/_local/trace`, as JSON or as a stream of server-sent events, and `/_local/overview`. */
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
    sendJson(response, { revision, messages } satisfies TraceAnswer);
  };
  return {
    "/_local/trace": trace,
    "/_local/trace/stream": (request, response) => stream(request, response, options),
    "/_local/overview": async (_request, response) => sendJson(response, await overview()),
  };
}

/** 0, where the request says nothing that is a revision. */
function sinceOf({ url = "", headers }: IncomingMessage): number {
  const query = new URLSearchParams(url.split("?", 2)[1]);
  const since = Number(headers["last-event-id"] ?? query.get("since") ?? 0);
  return Number.isFinite(since) ? since : 0;
}

/**
 * Events `message`, each a `TracedMessage` as it is by then, and `overview`. A message comes again
 * whenever it has changed, in the meantime all changes at once. Who hasn't read what was written gets
 * no more until then, so that a reader that stalls costs one answer and not the whole history.
 */
function stream(
  request: IncomingMessage,
  response: ServerResponse,
  { recorder, overview }: { recorder: Recorder; overview(): Promise<Overview> },
): void {
  let sent = sinceOf(request);
  let lastOverview = "";

  /** An error ends this stream, and nothing else. */
  const onError = (error: unknown) => {
    reportError(error);
    response.destroy();
  };
  const sendMessages = async () => {
    if (recorder.revision === sent || response.writableNeedDrain) return;
    const messages = recorder.messages(sent).map(messageEvent).join("");
    sent = recorder.revision;
    // The id comes last: who loses a part of the messages asks for all of them again.
    response.write(`${messages}id: ${sent}\n\n`);
  };
  const sendOverview = async () => {
    const now = JSON.stringify(await overview());
    if (now === lastOverview || response.writableNeedDrain) return;
    lastOverview = now;
    response.write(`event: overview\ndata: ${now}\n\n`);
  };

  response.writeHead(200, { ...PAGE_HEADERS, "Content-Type": "text/event-stream" });
  // So that the reader knows at once that it is connected.
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
