import WebSocket from "ws";
import type { LocalAws } from "../../local/local-aws.ts";
import { type LogWatch, watchLogs } from "../e2e/log-watch.ts";

/** What became of a message, as far as its client or the log can tell. */
export type Fate =
  | "result"
  | "failed"
  | "unavailable"
  /** Answered by API Gateway, because the handler itself died. */
  | "internal error"
  /** The connection was gone: a line in the log. */
  | "gone"
  /** The connection vanished before API Gateway took the message. */
  | "not taken";

/** Sends messages and keeps account of every one. */
export interface Ledger {
  /** Sends so many messages over one connection after the other, some at a time unanswered. */
  converse(name: string, messages: number, inFlight: number): Promise<void>;
  /** The fate of every message that was sent; `undefined` where there is none yet. */
  fates(): Map<string, Fate | undefined>;
  /** Replies that came to a connection which had not asked for them. */
  readonly strays: string[];
  /** Replies that came again. */
  readonly duplicates: string[];
  /** How many jobs the log calls failed for good: a duplicate that failed counts as one more. */
  failedJobs(): number;
}

export function openLedger(aws: LocalAws, url: string): Ledger {
  const logs = watchLogs(aws);
  const answers = new Map<string, Fate>();
  const sent = new Map<string, Conversation>();
  const strays: string[] = [];
  const duplicates: string[] = [];

  const onReply = (conversation: Conversation, text: string): boolean => {
    const frame = JSON.parse(text);
    if (frame.message === "Internal server error") {
      conversation.internalErrors += 1;
      return true;
    }
    if (sent.get(frame.requestId) !== conversation) strays.push(text);
    else if (answers.has(frame.requestId)) duplicates.push(frame.requestId);
    else {
      answers.set(frame.requestId, fateOf(frame));
      return true;
    }
    return false;
  };

  return {
    strays,
    duplicates,
    converse: (name, messages, inFlight) =>
      converse({ url, name, messages, inFlight, onReply, sent }),
    fates: () => settle(sent, answers, logs),
    failedJobs: () =>
      new Set(
        logs.lines
          .filter(({ content }) => content["event"] === "processing failed")
          .map(({ content }) => content["invocationId"]),
      ).size,
  };
}

/** A client that connects again whenever its connection is gone, as one connection of the account. */
interface Conversation {
  internalErrors: number;
  vanished: boolean;
}

async function converse(options: {
  url: string;
  name: string;
  messages: number;
  inFlight: number;
  /** Whether a message has its answer with it. */
  onReply(conversation: Conversation, text: string): boolean;
  sent: Map<string, Conversation>;
}): Promise<void> {
  const { url, name, messages, inFlight, onReply, sent } = options;
  const progress = { next: 0 };
  while (progress.next < messages) {
    const conversation: Conversation = { internalErrors: 0, vanished: false };
    await new Promise<void>((resolve) => {
      const socket = new WebSocket(url, { perMessageDeflate: false });
      let open = 0;
      const send = () => {
        while (open < inFlight && progress.next < messages) {
          const requestId = `${name}/${progress.next}`;
          sent.set(requestId, conversation);
          socket.send(JSON.stringify({ action: "echo", data: progress.next, requestId }));
          progress.next += 1;
          open += 1;
        }
        if (open <= 0) socket.close();
      };
      socket.on("open", send);
      socket.on("message", (data: Buffer) => {
        if (onReply(conversation, data.toString())) open -= 1;
        send();
      });
      // A refused upgrade, or a connection that was cut: the next attempt is the answer to both.
      socket.on("error", () => {});
      socket.on("close", (code) => {
        conversation.vanished = code === 1006;
        resolve();
      });
    });
  }
}

function fateOf(frame: { status: string; error?: { code: string } }): Fate {
  if (frame.status === "success") return "result";
  return frame.error?.code === "UNAVAILABLE" ? "unavailable" : "failed";
}

/** Brings together what the clients saw and what the log says. */
function settle(
  sent: ReadonlyMap<string, Conversation>,
  answers: ReadonlyMap<string, Fate>,
  logs: LogWatch,
): Map<string, Fate | undefined> {
  const gone = new Set<unknown>();
  const traced = new Set<unknown>();
  for (const { content } of logs.lines) {
    traced.add(content["requestId"]);
    if (content["outcome"] === "gone" || content["outcome"] === "delivered")
      gone.add(content["requestId"]);
  }
  const internalErrors = new Map<Conversation, number>();
  for (const conversation of sent.values())
    internalErrors.set(conversation, conversation.internalErrors);

  const fates = new Map<string, Fate | undefined>();
  for (const [requestId, conversation] of sent) {
    let fate = answers.get(requestId);
    if (fate === undefined && conversation.vanished && gone.has(requestId)) fate = "gone";
    if (fate === undefined && conversation.vanished && !traced.has(requestId)) fate = "not taken";
    const left = internalErrors.get(conversation) ?? 0;
    if (fate === undefined && left > 0) {
      fate = "internal error";
      internalErrors.set(conversation, left - 1);
    }
    fates.set(requestId, fate);
  }
  return fates;
}
