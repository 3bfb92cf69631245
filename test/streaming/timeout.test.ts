import { expect, test } from "vitest";
import { countDeadLetters, readDeadLetters } from "../e2e/dead-letters.ts";
import { parseFrame, readTexts } from "../e2e/frames.ts";
import { shellOf, startRedrive } from "../redrive/redrive-run.ts";
import type { Step } from "./actions.ts";
import { startGate } from "../gate.ts";
import { startStreamingStack } from "./streaming-stack.ts";

/** Seconds. The signal aborts one second earlier. */
const TIMEOUT = 3;

const progress = (requestId: string) =>
  `{"action":"program","status":"progress","progress":1,"sequence":0,"requestId":"${requestId}"}`;
const timedOut = (action: string, requestId: string) =>
  `{"action":"${action}","status":"error","error":{"code":"TIMED_OUT","message":"The action took too long and was stopped."},"requestId":"${requestId}"}`;
const failed = (action: string, requestId: string) =>
  `{"action":"${action}","status":"error","error":{"code":"PROCESSING_FAILED","message":"The request could not be processed."},"requestId":"${requestId}"}`;

test("after the time limit, the client gets TIMED_OUT if the action stops, otherwise PROCESSING_FAILED", async () => {
  const gate = await startGate();
  const stops: Step = { wait: 20_000 };
  const ignores: Step = { fetch: gate.url, ignoresSignal: true };
  const requests: [string, Step, string, string[]][] = [
    ["plain", stops, "1", [timedOut("plain", "1")]],
    ["program", stops, "2", [progress("2"), timedOut("program", "2")]],
    ["plain", ignores, "3", [failed("plain", "3")]],
    ["program", ignores, "4", [progress("4"), failed("program", "4")]],
  ];
  await using aws = await startStreamingStack({ timeout: TIMEOUT });
  const client = await aws.connect();
  for (const [action, wait, requestId] of requests)
    client.send({ action, data: { steps: [{ yield: 1 }, wait] }, requestId });
  const received = new Map<string, string[]>();
  for (let frame = 0; frame < 6; frame += 1) {
    const text = await client.nextText();
    const { requestId } = parseFrame(text);
    received.set(requestId, [...(received.get(requestId) ?? []), text]);
  }
  for (const [, , requestId, texts] of requests) expect(received.get(requestId)).toEqual(texts);

  // Lambda kills the process of an action that ignores the signal, so its `finally` block does not run.
  const finals = aws.logs.lines.filter(({ content }) => content["event"] === "finally");
  expect(
    Object.fromEntries(
      finals.map(({ content }) => [String(content["requestId"]), content["aborted"]]),
    ),
  ).toEqual({ 1: true, 2: true });
  const letters = readDeadLetters(aws);
  await expect
    .poll(async () => (await letters()).map(({ requestId }) => requestId).toSorted())
    .toEqual(["1", "2", "3", "4"]);
  await client.ask({ action: "echo", requestId: "last" });
  expect(client.unread()).toEqual([]);
});

test("a stopped job can be redriven, and counts from 0 again", async () => {
  await using aws = await startStreamingStack({ timeout: TIMEOUT });
  const client = await aws.connect();
  const gate = await startGate();
  const data = { steps: [{ yield: 1 }, { fetch: gate.url }, { return: "done" }] };
  client.send({ action: "program", data, requestId: "mine" });
  await gate.arrival();
  expect(await readTexts(client)).toEqual([progress("mine"), timedOut("program", "mine")]);
  await expect.poll(() => countDeadLetters(aws)).toBe(1);
  const redrive = startRedrive(shellOf(aws));
  (await gate.arrival())();
  expect(await readTexts(client)).toEqual([
    progress("mine"),
    '{"action":"program","status":"success","result":"done","requestId":"mine"}',
  ]);
  const { code, stdout } = await redrive.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(/Sent 1 job again; 0 refused\.$/);
  expect(await countDeadLetters(aws)).toBe(0);
});
