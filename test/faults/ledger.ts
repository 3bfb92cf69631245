import { setTimeout } from "node:timers/promises";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { readDeadLetters } from "../e2e/dead-letters.ts";
import { type LogWatch, watchLogs } from "../e2e/log-watch.ts";
import { type Conversation, converse } from "./conversation.ts";
import { countFailures, type Failures, isBalanced } from "./failures.ts";

/** The outcome of a message, from its client, the log and the dead-letter queue. */
export type Outcome =
  | "result"
  | "failed"
  | "unavailable"
  /** API Gateway sent an error frame, because the websocket-handler crashed. */
  | "internal error"
  /** The log shows that the connection was gone. */
  | "gone"
  /** The connection vanished before API Gateway received the message. */
  | "not received"
  /** The job and all attempts of its report failed. It is only in the dead-letter queue. */
  | "unreported";

/** Sends messages, and determines the outcome of each. */
export interface Ledger {
  /** Sends a number of messages over each connection, at most `inFlight` at a time without a reply. */
  converse(options: { connections: number; messages: number; inFlight: number }): Promise<void>;
  /** Reads the outcomes so far. */
  read(): Promise<{
    /** The outcome of each sent message; `undefined` if it is not known yet. */
    outcomes: Map<string, Outcome | undefined>;
    failures: Failures;
  }>;
  /** Replies that arrived on a connection that did not send the request. */
  readonly misdelivered: string[];
  /** The `requestId` of each repeated reply. */
  readonly duplicates: string[];
}

/** Milliseconds between two checks for messages that will not get a reply. */
const INTERVAL = 250;

export function openLedger(aws: TestLocalAws, url: string): Ledger {
  const logs = watchLogs(aws);
  const deadLetters = readDeadLetters(aws);
  const replies = new Map<string, Outcome>();
  const sent = new Map<string, Conversation>();
  const unreported = new Set<string>();
  const misdelivered: string[] = [];
  const duplicates: string[] = [];

  const onReply = (conversation: Conversation, text: string): boolean => {
    const frame = JSON.parse(text);
    if (frame.message === "Internal server error") {
      conversation.internalErrors += 1;
      return true;
    }
    if (sent.get(frame.requestId) !== conversation) misdelivered.push(text);
    else if (replies.has(frame.requestId)) duplicates.push(frame.requestId);
    else {
      replies.set(frame.requestId, outcomeOf(frame));
      return !unreported.has(frame.requestId);
    }
    return false;
  };

  // The dead letters first, so that most failures in the log have theirs.
  const readFailures = async () => countFailures(await deadLetters(), logs.lines);

  const stopWaitingForUnreported = async () => {
    const failures = await readFailures();
    if (!isBalanced(failures)) return;
    for (const requestId of failures.unreported) {
      if (replies.has(requestId) || unreported.has(requestId)) continue;
      unreported.add(requestId);
      sent.get(requestId)?.stopWaitingForOne();
    }
  };

  return {
    misdelivered,
    duplicates,
    async converse({ connections, messages, inFlight }) {
      const over = Promise.all(
        Array.from({ length: connections }, (_, index) =>
          converse({ url, name: `c${index}`, messages, inFlight, onReply, sent }),
        ),
      ).then(() => true);
      while (!(await Promise.race([over, setTimeout(INTERVAL, false)])))
        await stopWaitingForUnreported();
    },
    async read() {
      const failures = await readFailures();
      return { outcomes: combine({ sent, replies, logs, failures }), failures };
    },
  };
}

function outcomeOf(frame: { status: string; error?: { code: string } }): Outcome {
  if (frame.status === "success") return "result";
  return frame.error?.code === "UNAVAILABLE" ? "unavailable" : "failed";
}

/** Combines the replies of the clients, the log and the failures to the outcome of each message. */
function combine(options: {
  sent: ReadonlyMap<string, Conversation>;
  replies: ReadonlyMap<string, Outcome>;
  logs: LogWatch;
  failures: Failures;
}): Map<string, Outcome | undefined> {
  const { sent, replies, logs, failures } = options;
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
  const balanced = isBalanced(failures);

  const outcomes = new Map<string, Outcome | undefined>();
  for (const [requestId, conversation] of sent) {
    let outcome = replies.get(requestId);
    if (outcome === undefined && conversation.vanished && gone.has(requestId)) outcome = "gone";
    if (outcome === undefined && failures.unreported.has(requestId)) {
      // An internal error can belong to another message, so it must not hide a missing report.
      outcomes.set(requestId, balanced ? "unreported" : undefined);
      continue;
    }
    if (outcome === undefined && conversation.vanished && !traced.has(requestId))
      outcome = "not received";
    const left = internalErrors.get(conversation) ?? 0;
    if (outcome === undefined && left > 0) {
      outcome = "internal error";
      internalErrors.set(conversation, left - 1);
    }
    outcomes.set(requestId, outcome);
  }
  return outcomes;
}
