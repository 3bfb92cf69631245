import { expect, test } from "vitest";
import type { Client } from "../e2e/client.ts";
import { countDeadLetters } from "../e2e/dead-letters.ts";
import { askForFrames, type Frame, parseFrame, readFrames } from "../e2e/frames.ts";
import { fastRetryClock } from "../faults/fast-retry-clock.ts";
import { startGate } from "../gate.ts";
import { startStreamingStack } from "./streaming-stack.ts";

/** The attempt and the process of a frame of the action `attempt`. */
interface Origin {
  attempt: string;
  pid: number;
}

function originOf(frame: Frame): Origin {
  if (frame.status === "error") throw new Error(`An error: ${JSON.stringify(frame)}`);
  return (frame.status === "progress" ? frame.progress : frame.result) as Origin;
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

/** The `sequence` of each progress frame, and the `status` of each reply. */
const outlineOf = (frames: readonly Frame[]) =>
  frames.map((frame) => (frame.status === "progress" ? frame.sequence : frame.status));

const outlineUpTo = (count: number) => [...numbers(count), "success"];

const readSome = async (client: Client, count: number): Promise<Frame[]> => {
  const frames: Frame[] = [];
  while (frames.length < count) frames.push(parseFrame(await client.nextText()));
  return frames;
};

/** Expects no unread frame. Frames arrive in the order of the posts, so an echo is the last one. */
async function expectNothingMore(client: Client): Promise<void> {
  expect(await client.ask({ action: "echo", requestId: "last" })).toMatchObject({
    requestId: "last",
  });
  expect(client.unread()).toEqual([]);
}

/** Returns a request whose action waits at a gate after value 5 of 10. */
const requestFor = (gate: string) => ({
  action: "attempt",
  data: { count: 10, fetchAfter: { 5: gate } },
  requestId: "mine",
});

test("after crashes at value 5, each attempt starts at 0, and the client gets one result", async () => {
  await using aws = await startStreamingStack({ clock: fastRetryClock, retries: 2 });
  const client = await aws.connect();
  const gate = await startGate();
  client.send(requestFor(gate.url));
  const attempts = new Set<string>();
  for (const crashes of [true, true, false]) {
    const open = await gate.arrival();
    const frames = await readSome(client, 6);
    if (crashes) {
      process.kill(originOf(frames[0] as Frame).pid, "SIGKILL");
    } else {
      open();
      frames.push(...(await readFrames(client)));
    }
    expect(outlineOf(frames)).toEqual(crashes ? numbers(6) : outlineUpTo(10));
    const [attempt, ...others] = new Set(frames.map((frame) => originOf(frame).attempt));
    expect(others).toEqual([]);
    attempts.add(attempt as string);
  }
  expect(attempts.size).toBe(3);
  await expectNothingMore(client);
  expect(await countDeadLetters(aws)).toBe(0);
});

test("after a crash at value 5 without retries, a client gets PROCESSING_FAILED once", async () => {
  await using aws = await startStreamingStack();
  const client = await aws.connect();
  const gate = await startGate();
  client.send(requestFor(gate.url));
  await gate.arrival();
  const frames = await readSome(client, 6);
  expect(outlineOf(frames)).toEqual(numbers(6));
  process.kill(originOf(frames[0] as Frame).pid, "SIGKILL");
  expect(await client.nextText()).toBe(
    '{"action":"attempt","status":"error","error":{"code":"PROCESSING_FAILED","message":"The request could not be processed."},"requestId":"mine"}',
  );
  await expect.poll(() => countDeadLetters(aws)).toBe(1);
  await expectNothingMore(client);
});

test("if Lambda delivers a job twice, each delivery counts from 0 and sends a reply", async () => {
  await using aws = await startStreamingStack({ faults: { "duplicate-event": 1 } });
  const client = await aws.connect();
  const gate = await startGate();
  client.send(requestFor(gate.url));
  // Both deliveries run at the same time, in two environments.
  const opens = [await gate.arrival(), await gate.arrival()];
  const frames = await readSome(client, 12);
  for (const open of opens) {
    open();
    frames.push(...(await readFrames(client)));
  }
  // The frames of the second delivery continue after the reply of the first.
  const outline = outlineOf(frames);
  expect(outline.slice(12)).toEqual([6, 7, 8, 9, "success", 6, 7, 8, 9, "success"]);
  const deliveries = Map.groupBy(frames, (frame) => originOf(frame).attempt);
  expect(deliveries.size).toBe(2);
  for (const ofDelivery of deliveries.values())
    expect(outlineOf(ofDelivery)).toEqual(outlineUpTo(10));
});

test.for(["vanish-before-post", "vanish-during-post", "vanish-after-post"] as const)(
  "after %s during a stream, the outcome is gone, and the client can send the request again",
  async (fault) => {
    await using aws = await startStreamingStack();
    const client = await aws.connect();
    const gate = await startGate();
    client.send(requestFor(gate.url));
    const open = await gate.arrival();
    const first = await readSome(client, 6);
    aws.faults.rates[fault] = 1;
    open();
    expect(await client.closed).toMatchObject({ code: 1006 });
    const { content } = await aws.logs.line((line) => line.content["event"] === "reply posted");
    expect(content).toMatchObject({ requestId: "mine", outcome: "gone" });
    expect(await countDeadLetters(aws)).toBe(0);
    // Nothing is posted after the first 410.
    const statuses = aws.events.flatMap((event) =>
      event.type === "post-end" && event.status !== 200 ? [event.status] : [],
    );
    expect(statuses).toEqual([410]);
    aws.faults.rates[fault] = 0;
    // The value that was posted as the connection was lost may have arrived.
    expect(numbers(8).slice(6).slice(0, client.unread().length)).toEqual(
      outlineOf(client.unread().map(parseFrame)),
    );

    const again = await aws.connect();
    const request = { action: "attempt", data: { count: 10 }, requestId: "mine" };
    const second = await askForFrames(again, request);
    expect(outlineOf(second)).toEqual(outlineUpTo(10));
    const attempts = [...first, ...second].map((frame) => originOf(frame).attempt);
    expect(new Set(attempts).size).toBe(2);
    expect(attempts.indexOf(attempts.at(-1) as string)).toBe(6);
    await expectNothingMore(again);
  },
);
