import { setTimeout } from "node:timers/promises";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { readDeadLetters } from "../e2e/dead-letters.ts";
import { type LogWatch, watchLogs } from "../e2e/log-watch.ts";
import { type Conversation, converse } from "./conversation.ts";
import { accountForFailures, type Failures, failuresClose } from "./failures.ts";

/** What became of a message, as far as its client, the log or the dead-letter queue can tell. */
export type Fate =
  | "result"
  | "failed"
  | "unavailable"
  /** Answered by API Gateway, because the handler itself died. */
  | "internal error"
  /** The connection was gone: a line in the log. */
  | "gone"
  /** The connection vanished before API Gateway took the message. */
  | "not taken"
  /** Failed, and so did the report of it each time: nobody is told, but the job is in the queue. */
  | "kept";

/** Sends messages and keeps account of every one. */
export interface Ledger {
  /** Sends so many messages over each of so many connections, some at a time unanswered. */
  converse(options: { connections: number; messages: number; inFlight: number }): Promise<void>;
  /** How things stand, brought together of what clients, log and dead-letter queue say. */
  look(): Promise<{
    /** The fate of every message that was sent; `undefined` where there is none yet. */
    fates: Map<string, Fate | undefined>;
    failures: Failures;
  }>;
  /** Replies that came to a connection which had not asked for them. */
  readonly strays: string[];
  /** Replies that came again. */
  readonly duplicates: string[];
}

/** Milliseconds between two looks whether somebody waits for an answer that will not come. */
const INTERVAL = 250;

export function openLedger(aws: TestLocalAws, url: string): Ledger {
  const logs = watchLogs(aws);
  const deadLetters = readDeadLetters(aws);
  const answers = new Map<string, Fate>();
  const sent = new Map<string, Conversation>();
  const givenUp = new Set<string>();
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
      return !givenUp.has(frame.requestId);
    }
    return false;
  };

  // The letters first: what the log tells of is then among them, but for what it tells just now.
  const lookAtFailures = async () => accountForFailures(await deadLetters(), logs.lines);

  const giveUpKept = async () => {
    const failures = await lookAtFailures();
    if (!failuresClose(failures)) return;
    for (const requestId of failures.kept) {
      if (answers.has(requestId) || givenUp.has(requestId)) continue;
      givenUp.add(requestId);
      sent.get(requestId)?.giveUpOne();
    }
  };

  return {
    strays,
    duplicates,
    async converse({ connections, messages, inFlight }) {
      const over = Promise.all(
        Array.from({ length: connections }, (_, index) =>
          converse({ url, name: `c${index}`, messages, inFlight, onReply, sent }),
        ),
      ).then(() => true);
      while (!(await Promise.race([over, setTimeout(INTERVAL, false)]))) await giveUpKept();
    },
    async look() {
      const failures = await lookAtFailures();
      return { fates: settle({ sent, answers, logs, failures }), failures };
    },
  };
}

function fateOf(frame: { status: string; error?: { code: string } }): Fate {
  if (frame.status === "success") return "result";
  return frame.error?.code === "UNAVAILABLE" ? "unavailable" : "failed";
}

/** Brings together what the clients saw, what the log says and what the queue holds. */
function settle(options: {
  sent: ReadonlyMap<string, Conversation>;
  answers: ReadonlyMap<string, Fate>;
  logs: LogWatch;
  failures: Failures;
}): Map<string, Fate | undefined> {
  const { sent, answers, logs, failures } = options;
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
  const reported = failuresClose(failures);

  const fates = new Map<string, Fate | undefined>();
  for (const [requestId, conversation] of sent) {
    let fate = answers.get(requestId);
    if (fate === undefined && conversation.vanished && gone.has(requestId)) fate = "gone";
    if (fate === undefined && failures.kept.has(requestId)) {
      // No other will do: an internal error, which may be another message's, must not hide a report
      // that never came.
      fates.set(requestId, reported ? "kept" : undefined);
      continue;
    }
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
