/** @module-tag extended */
import { expect, test } from "vitest";
import type { Overview } from "@websocket-lambda/local-aws";
import type { Client } from "../e2e/client.ts";
import { parseFrame } from "../e2e/frames.ts";
import { attemptOf, positionsIn, positionsOf } from "../streaming/attempt-frames.ts";
import { startStreamingStack, type StreamingStack } from "../streaming/streaming-stack.ts";
import { fastRetryClock } from "./fast-retry-clock.ts";

const CLIENTS = 20;
const VALUES = 10;

/** Connects, and retries after each refusal: the function that accepts the connection can fail. */
async function connectWithRetries(aws: StreamingStack): Promise<Client> {
  for (;;) {
    const client = await aws.connect().catch(() => undefined);
    if (client !== undefined) return client;
  }
}

test("under faults, the client gets the frames of each attempt in order, and the reply last", async () => {
  await using aws = await startStreamingStack({
    clock: fastRetryClock,
    retries: 2,
    trace: true,
    faults: {
      "duplicate-event": 0.5,
      "delay-event": 0.2,
      "crash-function": 0.1,
      "fail-connections": 0.05,
      "throttle-connections": 0.05,
      "vanish-before-post": 0.005,
      "vanish-during-post": 0.005,
      "vanish-after-post": 0.005,
      "slow-network": 0.05,
    },
  });
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, async (_, name) => {
      const client = await connectWithRetries(aws);
      client.send({ action: "attempt", data: { count: VALUES }, requestId: String(name) });
      return client;
    }),
  );
  const unfinished = async () => {
    const response = await fetch(`${aws.endpoint}/_local/overview`);
    return ((await response.json()) as Overview).queued;
  };
  await aws.event(({ type }) => type === "queued");
  await expect.poll(unfinished).toBe(0);

  const attempts = clients.flatMap((client, name) => {
    // The error frame of API Gateway after a crash of the websocket-handler has a message.
    const frames = client
      .unread()
      .map(parseFrame)
      .filter((frame) => !("message" in frame));
    expect(frames.map(({ requestId }) => requestId)).toEqual(frames.map(() => String(name)));
    const ofActions = frames.filter(({ status }) => status !== "error");
    return [...Map.groupBy(ofActions, attemptOf).values()].map(positionsIn);
  });
  const whole = positionsOf(VALUES);
  for (const positions of attempts) expect(positions).toEqual(whole.slice(0, positions.length));
  const isWhole = (positions: readonly unknown[]) => positions.length === whole.length;
  expect(attempts.filter(isWhole).length).toBeGreaterThan(CLIENTS / 2);
  expect(attempts.every(isWhole)).toBe(false);
});
