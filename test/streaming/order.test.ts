import { describe, expect, test } from "vitest";
import { askForFrames, askForTexts, parseFrame } from "../e2e/frames.ts";
import { attemptOf, positionsIn, positionsOf } from "./attempt-frames.ts";
import { startStreamingStack } from "./streaming-stack.ts";

/** Returns the frames of a `program` that yields these values and returns "done". */
const textsOf = (values: readonly unknown[], requestId: string) => [
  ...values.map((value, sequence) =>
    JSON.stringify({
      action: "program",
      status: "progress",
      progress: value,
      sequence,
      requestId,
    }),
  ),
  `{"action":"program","status":"success","result":"done","requestId":"${requestId}"}`,
];

const programOf = (values: readonly unknown[], requestId: string) => ({
  action: "program",
  data: { steps: [...values.map((value) => ({ yield: value })), { return: "done" }] },
  requestId,
});

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

test("100 values of a tight loop arrive as 100 frames, in order", async () => {
  await using aws = await startStreamingStack();
  const client = await aws.connect();
  expect(await askForTexts(client, programOf(numbers(100), "1"))).toEqual(
    textsOf(numbers(100), "1"),
  );
});

test("a generator is never more than one value ahead of the posts", async () => {
  await using aws = await startStreamingStack({ faults: { "slow-network": 1 } });
  const deliveredAt: number[] = [];
  aws.subscribe({
    event({ event }) {
      if (event.type === "frame-out" && parseFrame(event.text).status === "progress")
        deliveredAt.push(Date.now());
    },
  });
  const request = { action: "clock", data: { count: 40 }, requestId: "1" };
  const frames = await askForFrames(await aws.connect(), request);
  const yieldedAt = frames.flatMap((frame) =>
    frame.status === "progress" ? [Number(frame.progress)] : [],
  );
  expect(yieldedAt).toHaveLength(40);
  expect(deliveredAt).toHaveLength(40);
  const ahead = yieldedAt.map(
    (time, number) => number - deliveredAt.filter((delivered) => delivered <= time).length,
  );
  expect(Math.max(...ahead)).toBe(1);
});

describe("clients that stream at the same time get their own frames, in order", () => {
  const cases: [number, object][] = [
    [8, {}],
    [50, { tags: ["extended"] }],
  ];
  for (const [count, options] of cases)
    test(`${count} clients with 20 values each`, options, async () => {
      await using aws = await startStreamingStack();
      const clients = await Promise.all(numbers(count).map(() => aws.connect()));
      const received = await Promise.all(
        clients.map((client, name) =>
          askForFrames(client, {
            action: "attempt",
            data: { count: 20 },
            requestId: String(name),
          }),
        ),
      );
      for (const [name, frames] of received.entries()) {
        // On a busy machine, an Invoke can time out and be retried, so the job can run twice.
        const attempts = [...Map.groupBy(frames, attemptOf).values()].map(positionsIn);
        for (const positions of attempts)
          expect(positions).toEqual(positionsOf(20).slice(0, positions.length));
        expect(attempts).toContainEqual(positionsOf(20));
        expect(frames.map(({ requestId }) => requestId)).toEqual(frames.map(() => String(name)));
      }
    });
});
