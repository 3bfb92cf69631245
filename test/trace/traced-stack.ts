import { onTestFinished } from "vitest";
import type { FaultRates, TracedMessage } from "@websocket-lambda/local-aws";
import { startTestStack } from "../test-stack.ts";

/** Starts a stack with a trace, for one test. */
export async function startTracedStack(rates: FaultRates = {}) {
  const aws = await startTestStack({ trace: true, faults: rates });
  onTestFinished(() => aws.close());
  const { recorder, connect } = aws;
  const settled = new Set<(message: TracedMessage) => void>();
  aws.subscribe({
    message(message) {
      for (const tell of settled) tell(message);
    },
  });
  return {
    aws,
    recorder,
    connect,
    /** Waits for the first complete message that matches. */
    settled: (isMeant: (message: TracedMessage) => boolean) =>
      new Promise<TracedMessage>((resolve) => {
        const tell = (message: TracedMessage) => {
          if (message.settled && isMeant(message)) resolve(message);
        };
        settled.add(tell);
        for (const message of recorder.messages()) tell(message);
      }),
  };
}

/** Matches the message of a client by a text in it. */
export const saying =
  (text: string) =>
  ({ points: [first] }: TracedMessage): boolean =>
    first?.type === "frame-in" && first.text.includes(text);

/** Returns the types of the points in order, each with its function, without log lines. */
export const story = ({ points }: Pick<TracedMessage, "points">): string[] =>
  points
    .filter(({ type }) => type !== "log")
    .map((point) =>
      "invocation" in point ? `${point.type} ${shortName(point.invocation)}` : point.type,
    );

const shortName = ({ functionName }: { functionName: string }) =>
  functionName.replace("websocket-lambda-", "");
