import type { IncomingMessage, ServerResponse } from "node:http";
import type { Page } from "../http/server.ts";
import type { Recorder } from "./recorder.ts";
import type { Overview, TraceAnswer, TracedMessage } from "./types.ts";

/** Milliseconds between two looks at what has changed. */
const MESSAGES_EVERY = 50;
const OVERVIEW_EVERY = 250;
/** Bytes that a slow reader may have waiting, before it gets no more until it has read them. */
const UNREAD_LIMIT = 4 * 1024 * 1024;

const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

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
    "/_local/overview": (_request, response) =>
      void overview().then(
        (answer) => sendJson(response, answer),
        () => response.destroy(),
      ),
  };
}

/** 0, where the request says nothing that is a revision. */
function sinceOf({ url = "", headers }: IncomingMessage): number {
  const query = new URLSearchParams(url.split("?", 2)[1]);
  const since = Number(headers["last-event-id"] ?? query.get("since") ?? 0);
  return Number.isFinite(since) ? since : 0;
}

function sendJson(response: ServerResponse, answer: object): void {
  response.writeHead(200, { ...HEADERS, "Content-Type": "application/json" });
  response.end(JSON.stringify(answer));
}

/**
 * Events `message`, each a `TracedMessage` as it is by then, and `overview`. A message comes again
 * whenever it has changed, in the meantime all changes at once.
 */
function stream(
  request: IncomingMessage,
  response: ServerResponse,
  { recorder, overview }: { recorder: Recorder; overview(): Promise<Overview> },
): void {
  const changed = new Set<TracedMessage>(recorder.messages(sinceOf(request)));
  let lastOverview = "";
  const unsubscribe = recorder.subscribe((message) => void changed.add(message));
  const mayWrite = () => response.writableLength < UNREAD_LIMIT;

  const sendMessages = () => {
    if (changed.size === 0 || !mayWrite()) return;
    const events = Array.from(
      changed,
      (message) => `event: message\nid: ${message.revision}\ndata: ${JSON.stringify(message)}\n\n`,
    );
    changed.clear();
    response.write(events.join(""));
  };
  const sendOverview = async () => {
    const now = JSON.stringify(await overview());
    if (now === lastOverview || !mayWrite()) return;
    lastOverview = now;
    response.write(`event: overview\ndata: ${now}\n\n`);
  };

  response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream" });
  // So that the reader knows at once that it is connected.
  response.write("retry: 1000\n\n");
  const timers = [
    setInterval(sendMessages, MESSAGES_EVERY),
    setInterval(() => void sendOverview().catch(() => response.destroy()), OVERVIEW_EVERY),
  ];
  response.once("close", () => {
    unsubscribe();
    for (const timer of timers) clearInterval(timer);
  });
  sendMessages();
  void sendOverview().catch(() => response.destroy());
}
