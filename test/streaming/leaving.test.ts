import { expect, test } from "vitest";
import type { Client } from "../e2e/client.ts";
import { countDeadLetters } from "../e2e/dead-letters.ts";
import { startGate } from "../gate.ts";
import { type StreamingStack, startStreamingStack } from "./streaming-stack.ts";

/** Reads frames up to this number, and disconnects without a close frame. */
async function disconnectAfter(client: Client, sequence: number): Promise<void> {
  for (let next = 0; next <= sequence; next += 1)
    expect(JSON.parse(await client.nextText())).toMatchObject({ sequence: next });
  client.socket.terminate();
}

/** Waits for the end of jobs whose clients have disconnected, and expects no failure. */
async function expectGone(aws: StreamingStack, ...requestIds: string[]): Promise<void> {
  for (const requestId of requestIds) {
    const { content, invocationId } = await aws.logs.line(
      (line) => line.content["event"] === "reply posted" && line.content["requestId"] === requestId,
    );
    expect(content).toMatchObject({ outcome: "gone" });
    const end = await aws.event(
      (event) => event.type === "function-end" && event.invocation.requestId === invocationId,
    );
    expect(end).toMatchObject({ outcome: "success" });
  }
  expect(aws.logs.lines.filter(({ level }) => level === "ERROR" || level === "WARN")).toEqual([]);
  const types = aws.events.map(({ type }) => type);
  for (const type of ["retry", "given-up", "dead-letter", "destination"])
    expect(types).not.toContain(type);
  expect(await countDeadLetters(aws)).toBe(0);
}

const finallyOf = (aws: StreamingStack, requestId: string) =>
  aws.logs.line(
    (line) => line.content["event"] === "finally" && line.content["requestId"] === requestId,
  );

/** Returns the number of posts that got 410. The first one can precede the event "closed". */
const refusedPosts = ({ events }: StreamingStack): number =>
  events.filter((event) => event.type === "post-end" && event.status === 410).length;

test.for([
  ["without waits", []],
  ["with a wait after each", [{ wait: 20 }]],
] as const)(
  "if a client disconnects after 3 of 100 values %s, the action stops within two posts",
  async ([, between]) => {
    await using aws = await startStreamingStack();
    const client = await aws.connect();
    const steps = Array.from({ length: 100 }, (_, number) => [{ yield: number }, ...between]);
    client.send({ action: "program", data: { steps: steps.flat() }, requestId: "1" });
    await disconnectAfter(client, 3);
    await expectGone(aws, "1");
    await finallyOf(aws, "1");
    expect([1, 2]).toContain(refusedPosts(aws));
  },
);

test("a waiting action stops within about 5 s after its client has disconnected", async () => {
  await using aws = await startStreamingStack();
  const gate = await startGate();
  const clients = [];
  for (const action of ["plain", "program"]) {
    const client = await aws.connect();
    clients.push(client);
    client.send({
      action,
      data: { steps: [{ yield: 0 }, { fetch: gate.url }] },
      requestId: action,
    });
    await gate.arrival();
  }
  for (const { socket } of clients) socket.terminate();
  await aws.event(({ type }) => type === "closed");
  const disconnected = performance.now();
  for (const requestId of ["plain", "program"]) {
    const { content } = await finallyOf(aws, requestId);
    expect(content).toMatchObject({ aborted: true });
  }
  expect(performance.now() - disconnected).toBeLessThan(15_000);
  await expectGone(aws, "plain", "program");
});
