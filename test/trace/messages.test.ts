import { join } from "node:path";
import { expect, test } from "vitest";
import { type Point, spansOf, type TracedMessage } from "@websocket-lambda/local-aws";
import { bundleProcessorWith } from "../extra-actions.ts";
import { saying, startTracedStack, story } from "./traced-stack.ts";

const HANDLED = [
  "frame-in",
  "route",
  "environment websocket-handler",
  "function-start websocket-handler",
  "invoke-start",
  "queued processor",
];
const ANSWERED = [
  "function-start processor",
  "post-start",
  "frame-out",
  "post-end",
  "function-end processor",
];
const RESPONDED = ["invoke-end", "function-end websocket-handler", "handled"];

/** After the Invoke, two sequences of events run concurrently. Expects each to be in order. */
function expectSequences(message: TracedMessage, ...strands: string[][]) {
  const told = story(message);
  for (const strand of strands)
    expect(told.filter((part) => strand.includes(part))).toEqual(strand);
  expect(told.toSorted()).toEqual([...new Set(strands.flat())].toSorted());
  const times = message.points.map(({ at }) => at);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
}

test("a message is traced up to its reply, with the cold start", async () => {
  const { connect, settled } = await startTracedStack();
  const client = await connect();
  await client.ask({ action: "echo", data: "cold" });
  const cold = await settled(saying('"cold"'));
  expectSequences(
    cold,
    [...HANDLED, "environment processor", ...ANSWERED],
    [...HANDLED, ...RESPONDED],
  );
  expect(cold.traceId).toMatch(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/);
  expect(cold.points).toContainEqual(
    expect.objectContaining({
      type: "environment",
      start: "cold",
      invocation: expect.objectContaining({ functionName: "websocket-lambda-processor" }),
    }),
  );
  const end = cold.points.find(({ type }) => type === "function-end");
  expect(end).toMatchObject({ outcome: "success", duration: expect.any(Number) });
  expect(cold.points).toContainEqual(
    expect.objectContaining({ initDuration: expect.any(Number), outcome: "success" }),
  );
  expect(cold.points).toContainEqual(expect.objectContaining({ type: "post-end", status: 200 }));
  expect(cold.points).toContainEqual(expect.objectContaining({ type: "invoke-end", status: 202 }));
});

test("each log line of a function is in the trace of its message", async () => {
  const { connect, settled } = await startTracedStack();
  const client = await connect();
  await client.ask({ action: "echo", data: "logged", requestId: "mine" });
  const { points } = await settled(saying("logged"));
  const logs = points.flatMap((point) =>
    point.type === "log"
      ? [{ ...JSON.parse(point.message), functionName: point.invocation.functionName }]
      : [],
  );
  expect(logs).toContainEqual(
    expect.objectContaining({
      functionName: "websocket-lambda-processor",
      message: expect.objectContaining({ event: "reply posted", requestId: "mine" }),
    }),
  );
  expect(logs.filter(({ type }) => type === "platform.report")).toHaveLength(2);
});

test("100 values of a stream are one point, and do not displace later points", async () => {
  const { aws, connect, settled } = await startTracedStack();
  const action = join(import.meta.dirname, "..", "gated-action.ts");
  aws.replaceCode("processor", await bundleProcessorWith(action));
  const client = await connect();
  client.send({ action: "countdown", data: { from: 100, stops: [], gate: "" }, requestId: "1" });
  const message = await settled(saying("countdown"));
  const streamed = ["function-start processor", "progress", ...ANSWERED.slice(1)];
  expectSequences(
    message,
    [...HANDLED, "environment processor", ...streamed],
    [...HANDLED, ...RESPONDED],
  );
  expect(message.droppedPoints).toBe(0);
  const progress = message.points.find((point) => point.type === "progress");
  const frames = Array.from({ length: 100 }, (_, sequence) => ({
    at: expect.any(Number),
    text: JSON.stringify({
      action: "countdown",
      status: "progress",
      progress: { left: 100 - sequence },
      sequence,
      requestId: "1",
    }),
  }));
  expect(progress).toMatchObject({ count: 100, frames });
});

test("the trace of an unknown action ends with the error frame", async () => {
  const { connect, settled } = await startTracedStack();
  const client = await connect();
  await client.ask({ action: "nonsense" });
  const message = await settled(saying("nonsense"));
  expect(message.points.find(({ type }) => type === "frame-out")).toMatchObject({
    text: expect.stringContaining("UNKNOWN_ACTION"),
  });
});

test("a crash of the processor is traced up to the dead letter and the error frame", async () => {
  const { aws, connect, settled } = await startTracedStack();
  aws.replaceCode("processor", "exports.handler = async () => process.exit(3)");
  const client = await connect();
  expect(await client.ask({ action: "echo", data: "crash" })).toMatchObject({
    error: { code: "PROCESSING_FAILED" },
  });
  const message = await settled(saying("crash"));
  // The handler that invoked the processor may end at any time.
  const [handing] = message.points.flatMap(({ type, run }) => (type === "environment" ? run : []));
  const isHandOver = ({ type, run }: Point) =>
    type === "handled" || (run === handing && /^(?:invoke|function)-end$/.test(type));
  const told = story({ points: message.points.filter((point) => !isHandOver(point)) });
  expect(told.slice(told.indexOf("function-end processor"))).toEqual([
    "function-end processor",
    "given-up processor",
    "dead-letter processor",
    "queued websocket-handler",
    "destination processor",
    ...told.filter((part) => part === "environment websocket-handler").slice(1),
    "function-start websocket-handler",
    "post-start",
    "frame-out",
    "post-end",
    "function-end websocket-handler",
  ]);
  expect(message.points).toContainEqual(
    expect.objectContaining({
      type: "function-end",
      outcome: "crash",
      errorType: "Runtime.ExitError",
    }),
  );
  expect(message.points.find(({ type }) => type === "dead-letter")).toMatchObject({
    queue: expect.stringMatching(/:websocket-lambda-dead-letters$/),
    delivered: true,
  });
});

test("each attempt of a failing Invoke has its status in the trace", async () => {
  const { connect, settled } = await startTracedStack({ "fail-invoke": 1 });
  const client = await connect();
  await client.ask({ action: "echo", data: "refused" });
  const { points } = await settled(saying("refused"));
  const statuses = points.flatMap((point) => (point.type === "invoke-end" ? point.status : []));
  expect(statuses).toEqual([500, 500, 500]);
});

test("the trace of a throttled message ends at API Gateway", async () => {
  const { aws, connect, settled } = await startTracedStack();
  const stage = aws.state.regions["us-east-1"]?.apigateway.apis["websocket0"]?.stages["production"];
  if (stage === undefined) throw new Error("The stack has no stage.");
  const client = await connect();
  stage.routeSettings["$default"] = { throttlingRateLimit: 1, throttlingBurstLimit: 0 };
  client.send({ action: "echo", data: "throttled" });
  await client.nextText();
  const message = await settled(saying("throttled"));
  expectSequences(message, ["frame-in", "route", "throttled", "frame-out", "handled"]);
  expect(message.points.at(-1)).toMatchObject({ status: 429, error: "Too Many Requests" });
});

test("an event that Lambda runs twice is traced up to the end of both runs", async () => {
  const { connect, settled } = await startTracedStack({ "duplicate-event": 1 });
  const client = await connect();
  await client.ask({ action: "echo", data: "twice" });
  const message = await settled(saying("twice"));
  const ends = message.points.flatMap((point) =>
    point.type === "function-end" ? [[point.run, point.at]] : [],
  );
  expect(ends).toHaveLength(3);
  const spans = spansOf(message);
  const functions = spans.filter(({ kind }) => kind === "function");
  expect(Object.fromEntries(functions.map(({ run, to }) => [run, to]))).toEqual(
    Object.fromEntries(ends),
  );
  expect(spans.filter(({ to }) => to === undefined)).toEqual([]);
});

test("a connect and a disconnect have separate traces", async () => {
  const { connect, settled } = await startTracedStack();
  const client = await connect();
  client.socket.close(1000, "bye");
  const connecting = await settled(({ eventType }) => eventType === "CONNECT");
  const handler = ["environment", "function-start", "function-end"].map(
    (part) => `${part} websocket-handler`,
  );
  expectSequences(connecting, ["handshake", "route", ...handler, "open", "handled"]);
  const disconnecting = await settled(({ eventType }) => eventType === "DISCONNECT");
  expectSequences(disconnecting, ["closed", "route", ...handler, "handled"]);
  expect(disconnecting.points[0]).toMatchObject({ code: 1000, reason: "bye" });
  expect(disconnecting.connectionId).toBe(connecting.connectionId);
});
