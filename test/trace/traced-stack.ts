import { onTestFinished } from "vitest";
import { createFaults, type FaultRates } from "../../local-aws/src/faults/faults.ts";
import { startStack, websocketUrl } from "../../local-aws/src/stack.ts";
import { createRecorder } from "../../local-aws/src/trace/recorder.ts";
import { onSettled } from "../../local-aws/src/trace/settling.ts";
import type { TracedMessage } from "../../local-aws/src/trace/types.ts";
import { DIST } from "../../scripts/build/index.ts";
import { connect } from "../e2e/client.ts";

/** A stack that records, for one test. */
export async function startTracedStack(rates: FaultRates = {}) {
  const recorder = createRecorder();
  const aws = await startStack({ bundles: DIST, recorder, faults: createFaults(rates) });
  onTestFinished(() => aws.close());
  const settled = new Set<(message: TracedMessage) => void>();
  onSettled(recorder, (message) => {
    for (const tell of settled) tell(message);
  });
  return {
    aws,
    recorder,
    connect: () => connect(websocketUrl(aws, "websocket0", "production")),
    functionNamed(name: "processor" | "websocket-handler") {
      const functions = aws.state.regions["us-east-1"]?.lambda.functions;
      const found = functions?.[`websocket-lambda-${name}`];
      if (found === undefined) throw new Error(`The stack has no ${name}.`);
      return found;
    },
    /** The first message of which nothing is under way any more, and that is the one meant. */
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

/** The message that a client sent, by a text in it. */
export const saying =
  (text: string) =>
  ({ points: [first] }: TracedMessage): boolean =>
    first?.type === "frame-in" && first.text.includes(text);

/** What happened, in order, without the lines of logs and with the function it happened to. */
export const story = ({ points }: Pick<TracedMessage, "points">): string[] =>
  points
    .filter(({ type }) => type !== "log")
    .map((point) =>
      "invocation" in point ? `${point.type} ${shortName(point.invocation)}` : point.type,
    );

const shortName = ({ functionName }: { functionName: string }) =>
  functionName.replace("websocket-lambda-", "");
