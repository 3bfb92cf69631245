/**
 * The order of the frames of random streaming actions that run at the same time. `PROPERTY_RUNS` sets the
 * number of runs; the default is 30.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { failure, type Job, progress, success } from "../../shared/protocol.ts";
import type { Client } from "../e2e/client.ts";
import { parseFrame } from "../e2e/frames.ts";
import type { Step } from "../streaming/actions.ts";
import { startStreamingStack } from "../streaming/streaming-stack.ts";

const numRuns = Number(process.env["PROPERTY_RUNS"] ?? 30);

/** Milliseconds. Long enough for all runs on a busy machine. */
const timeout = Math.max(60_000, numRuns * 2000);

const CONNECTIONS = 3;
const ACTION = "program";

const value = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.constant(null),
  fc.array(fc.boolean(), { maxLength: 3 }),
  fc.record({ left: fc.nat() }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: value.map((value) => ({ yield: value })) },
  { weight: 1, arbitrary: fc.constant({ special: "undefined" } as const) },
  { weight: 3, arbitrary: fc.nat(5).map((wait) => ({ wait })) },
);

const end: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: value.map((value) => ({ return: value })) },
  { weight: 1, arbitrary: fc.constant({ throw: "planted" }) },
  { weight: 1, arbitrary: fc.constant({ special: "130 KB" } as const) },
);

/** The steps of an action: values, waits and its end. */
const steps = fc
  .tuple(fc.array(step, { maxLength: 12 }), fc.array(end, { maxLength: 1 }))
  .map((parts) => parts.flat());

/** Requests that are sent at the same time, and the connection of each. */
const requests = fc.array(fc.record({ connection: fc.nat(CONNECTIONS - 1), steps }), {
  minLength: 1,
  maxLength: 6,
});

/** Returns the frames that a client must get for an action with these steps. */
function expectedTexts(steps: readonly Step[], requestId: string): string[] {
  const job: Pick<Job, "action" | "requestId"> = { action: ACTION, requestId };
  const frames: object[] = [];
  for (const step of steps) {
    const sequence = frames.length;
    if ("yield" in step) frames.push(progress(job, step.yield, sequence));
    else if ("return" in step) frames.push(success(job, step.return));
    else if ("throw" in step)
      frames.push(failure(job, "PROCESSING_FAILED", "The request could not be processed."));
    else if ("special" in step)
      frames.push(
        step.special === "undefined"
          ? progress(job, undefined, sequence)
          : failure(job, "RESULT_TOO_LARGE", "A progress frame is over 128 KB."),
      );
  }
  const texts = frames.map((frame) => JSON.stringify(frame));
  const last = texts.at(-1);
  const hasReply = last !== undefined && parseFrame(last).status !== "progress";
  return hasReply ? texts : [...texts, JSON.stringify(success(job, undefined))];
}

/** Reads the frames of a connection until a number of replies has arrived. Returns them by request. */
async function readReplies(client: Client, replies: number): Promise<Map<string, string[]>> {
  const texts = new Map<string, string[]>();
  for (let left = replies; left > 0;) {
    const text = await client.nextText();
    const { requestId, status } = parseFrame(text);
    texts.set(requestId, [...(texts.get(requestId) ?? []), text]);
    if (status !== "progress") left -= 1;
  }
  return texts;
}

test(
  "each request gets its values, numbered from 0 and in order, and one reply, on its own connection",
  { timeout },
  async () => {
    await using aws = await startStreamingStack();
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => aws.connect()));
    let sent = 0;
    const property = fc.asyncProperty(requests, async (requests) => {
      const expected = clients.map(() => new Map<string, string[]>());
      for (const { connection, steps } of requests) {
        const requestId = String((sent += 1));
        expected[connection]?.set(requestId, expectedTexts(steps, requestId));
        clients[connection]?.send({ action: ACTION, data: { steps }, requestId });
      }
      const received = await Promise.all(
        clients.map((client, index) => readReplies(client, expected[index]?.size ?? 0)),
      );
      expect(received).toEqual(expected);
    });
    await fc.assert(property, { numRuns });
    expect(sent).toBeGreaterThanOrEqual(numRuns);
    // Frames arrive in the order of the posts, so nothing followed a reply.
    for (const client of clients) {
      const last = { action: "echo", requestId: "last" };
      expect(await client.ask(last)).toMatchObject({ requestId: "last" });
    }
    expect(clients.flatMap((client) => client.unread())).toEqual([]);
  },
);
