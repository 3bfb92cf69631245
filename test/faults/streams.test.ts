/** @module-tag extended */
import { expect, test } from "vitest";
import type { Overview } from "@websocket-lambda/local-aws";
import type { Client } from "../e2e/client.ts";
import { type Frame, parseFrame } from "../e2e/frames.ts";
import { startStreamingStack, type StreamingStack } from "../streaming/streaming-stack.ts";
import { hurriedClock } from "./hurried-clock.ts";

const CLIENTS = 20;
const VALUES = 10;

/** Connects, again after each refusal: a fault can strike the function that accepts a connection. */
async function connectAtLast(aws: StreamingStack): Promise<Client> {
  for (;;) {
    const client = await aws.connect().catch(() => undefined);
    if (client !== undefined) return client;
  }
}

/** The attempt that a frame of the action `attempt` comes from; undefined for an error frame. */
function attemptOf(frame: Frame): string | undefined {
  if (frame.status === "error") return undefined;
  return ((frame.status === "progress" ? frame.progress : frame.result) as { attempt: string })
    .attempt;
}

test("under faults, each attempt of a stream has its frames in order, and its reply last, at its client", async () => {
  await using aws = await startStreamingStack({
    clock: hurriedClock,
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
      const client = await connectAtLast(aws);
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

  const attempts = new Map<string, (number | string)[]>();
  for (const [name, client] of clients.entries())
    for (const text of client.unread()) {
      const frame = parseFrame(text);
      // API Gateway's own error frame, after a crash of the websocket-handler.
      if ("message" in frame) continue;
      expect(frame.requestId).toBe(String(name));
      const attempt = attemptOf(frame);
      if (attempt === undefined) continue;
      const outline = attempts.get(attempt) ?? [];
      outline.push(frame.status === "progress" ? frame.sequence : frame.status);
      attempts.set(attempt, outline);
    }
  const whole = [...Array.from({ length: VALUES }, (_, number) => number), "success"];
  for (const outline of attempts.values()) expect(outline).toEqual(whole.slice(0, outline.length));
  const isWhole = (outline: readonly unknown[]) => outline.length === whole.length;
  const outlines = [...attempts.values()];
  expect(outlines.filter(isWhole).length).toBeGreaterThan(CLIENTS / 2);
  expect(outlines.every(isWhole)).toBe(false);
});
