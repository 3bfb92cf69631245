import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connect, type ConnectOptions, NoReplyError, RequestError } from "@websocket-lambda/client";
import type { ActionTypes } from "../../functions/processor/action.ts";
import type { Actions } from "../../functions/processor/actions/index.ts";
import type { FaultRates } from "@websocket-lambda/local-aws";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { bundleProcessorWith } from "../extra-actions.ts";
import { startTestStack } from "../test-stack.ts";
import { startCuttingProxy } from "./cutting-proxy.ts";
import type * as streamingActions from "./streaming-actions.ts";

const REQUESTS = 1000;
const IN_FLIGHT = 20;
const CUTS = 5;
/** The number of settled requests between two cuts. */
const CUT_AFTER = 150;
const TIMEOUT = 120_000;

type Stack = Awaited<ReturnType<typeof start>>;

async function start({ port = 0, rates = {} }: { port?: number; rates?: FaultRates } = {}) {
  const aws = await startTestStack({ port, faults: rates });
  onTestFinished(() => aws.close());
  return { aws, url: aws.webSocketUrl("production"), logs: aws.logs };
}

function startClient(url: string, options: ConnectOptions = {}) {
  const unmatched: unknown[] = [];
  const client = connect<Actions & ActionTypes<typeof streamingActions>>(url, {
    minimumDelay: 10,
    onUnmatched: (message) => unmatched.push(message),
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, unmatched };
}

test("the client gets results and errors of the stack", async () => {
  const { url } = await start();
  const { client, unmatched } = startClient(url);
  expect(await client.request("reverse", { text: "añ" })).toBe("ña");
  // @ts-expect-error -- the server rejects it too
  await expect(client.request("reverse", { text: 1 })).rejects.toMatchObject({
    name: "RequestError",
    code: "INVALID_DATA",
    message: "data.text must be a string",
  });
  // @ts-expect-error -- an unknown action
  await expect(client.request("nonsense")).rejects.toBeInstanceOf(RequestError);
  expect(unmatched).toEqual([]);
});

test("a client reconnects after a restart of the stack on the same port", async () => {
  const first = await start();
  const { client } = startClient(first.url);
  expect(await client.request("echo", "before")).toBe("before");
  await first.aws.close();
  const promise = client.request("echo", "after");
  await start({ port: Number(new URL(first.aws.endpoint).port) });
  expect(await promise).toBe("after");
});

test("a request whose job runs twice gets one result", async () => {
  const { url, logs } = await start({ rates: { "duplicate-event": 1 } });
  const { client, unmatched } = startClient(url);
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  // A few at a time: on a busy machine, functions would time out in a burst.
  for (let first = 0; first < numbers.length; first += 10) {
    const some = numbers.slice(first, first + 10);
    const results = await Promise.all(some.map((number) => client.request("echo", number)));
    expect(results).toEqual(some);
  }
  await expect
    .poll(() => logs.lines.filter(({ content }) => content["event"] === "reply posted").length)
    .toBe(100);
  await client.request("timestamp");
  expect(unmatched).toEqual([]);
});

test("a reply that arrives after the timeout is dropped", async () => {
  const { url, logs } = await start();
  const { client, unmatched } = startClient(url);
  await client.request("timestamp");
  const error: unknown = await client
    .request("echo", "late", { timeout: 1 })
    .catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: "TIMED_OUT", sent: true });
  if (!(error instanceof NoReplyError)) throw error;
  await logs.line(
    ({ content }) =>
      content["event"] === "reply posted" && content["requestId"] === error.requestId,
  );
  await client.request("timestamp");
  expect(unmatched).toEqual([]);
});

test("API Gateway's own error is passed to onUnmatched and does not settle a request", async () => {
  const { aws, url } = await start();
  const functions = aws.state.regions["us-east-1"]?.lambda.functions ?? {};
  delete functions["websocket-lambda-websocket-handler"]?.policy["api-gateway-default"];
  const error = Promise.withResolvers<unknown>();
  const { client } = startClient(url, { onUnmatched: error.resolve });
  const controller = new AbortController();
  const promise = client.request("echo", "hello", { signal: controller.signal });
  const first = await Promise.race([promise.catch((caught: unknown) => caught), error.promise]);
  expect(first).toMatchObject({ message: "Internal server error" });
  controller.abort();
  await expect(promise).rejects.toMatchObject({ name: "AbortError" });
});

/** Starts the stack with streaming actions. */
async function startStreamingStack(rates: FaultRates = {}) {
  const stack = await start({ rates });
  const module = join(import.meta.dirname, "streaming-actions.ts");
  stack.aws.replaceCode("processor", await bundleProcessorWith(module));
  return stack;
}

const numbersTo = (end: number) => Array.from({ length: end }, (_, number) => number);

test("100 pieces from a tight loop are read in order, and then the result", async () => {
  const { url } = await startStreamingStack();
  const { client, unmatched } = startClient(url);
  const stream = client.stream("count", { to: 100 });
  const numbers: number[] = [];
  for await (const { number } of stream) numbers.push(number);
  expect(numbers).toEqual(numbersTo(100));
  expect(await stream.result).toBe("counted to 100");

  const sequences: number[] = [];
  const onProgress = (_piece: unknown, sequence: number) => sequences.push(sequence);
  expect(await client.request("count", { to: 5 }, { onProgress })).toBe("counted to 5");
  expect(sequences).toEqual(numbersTo(5));
  expect(unmatched).toEqual([]);
});

test("the pieces of an action that runs twice are in order since the last restart", async () => {
  const { url } = await startStreamingStack({ "duplicate-event": 1 });
  const { client, unmatched } = startClient(url);
  let numbers: number[] = [];
  const stream = client.stream("count", { to: 20 }, { onRestart: () => (numbers = []) });
  for await (const { number } of stream) numbers.push(number);
  expect(numbers).toEqual(numbersTo(numbers.length));
  expect(await stream.result).toBe("counted to 20");
  expect(unmatched).toEqual([]);
});

test("a stream whose connection is lost starts again, and the first action stops", async () => {
  const stack = await startStreamingStack();
  const proxy = await startProxy(stack);
  const { client } = startClient(proxy.url);
  const read: (number | "restart")[] = [];
  const stream = client.stream(
    "countSlowly",
    { to: 10 },
    { onRestart: () => read.push("restart") },
  );
  for await (const { number } of stream) {
    read.push(number);
    if (read.length === 3) proxy.cut();
  }
  expect(read).toEqual([0, 1, 2, "restart", ...numbersTo(10)]);
  expect(await stream.result).toBe("counted to 10");
  const outcomes = () =>
    stack.logs.lines
      .filter(({ content }) => content["event"] === "reply posted")
      .map(({ content }) => content["outcome"]);
  await expect.poll(outcomes).toHaveLength(2);
  expect(new Set(outcomes())).toEqual(new Set(["delivered", "gone"]));
});

test("requests after the token has expired run once each, on a connection with a new token", async () => {
  const issuer = await createIssuer();
  const aws = await startTestStack({ stack: "authenticated", pages: issuer.pages });
  onTestFinished(() => aws.close());
  // The claim is in seconds, and a clock difference of five seconds is tolerated.
  const expiring = await issuer.tokenFor(aws.endpoint, "ada", { exp: Date.now() / 1000 - 1 });
  const startClientWithToken = () => {
    const tokens = [expiring];
    let calls = 0;
    const token = () => {
      calls += 1;
      return tokens.shift() ?? issuer.tokenFor(aws.endpoint, "ada");
    };
    return Object.assign(startClient(aws.url, { token }), { calls: () => calls });
  };
  const [once, many] = [startClientWithToken(), startClientWithToken()];
  for (const { client } of [once, many])
    expect(await client.request("echo", "in time")).toBe("in time");
  await expect
    .poll(() => aws.connect(`?token=${expiring}`).then(() => "in", String), { timeout: 15_000 })
    .toContain("403");

  expect(await once.client.request("echo", "late", { retry: false })).toBe("late");
  const numbers = numbersTo(10);
  expect(await Promise.all(numbers.map((number) => many.client.request("echo", number)))).toEqual(
    numbers,
  );
  for (const { client, calls, unmatched } of [once, many]) {
    expect(client.state).toBe("open");
    expect(calls()).toBe(2);
    expect(unmatched).toEqual([]);
  }
  const events = (event: string) =>
    aws.logs.lines
      .filter(({ content }) => content["event"] === event)
      .map(({ content }) => content);
  expect(events("processor invoked")).toHaveLength(2 + 1 + numbers.length);
  const refused = events("message rejected");
  expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["TOKEN_EXPIRED"]));
  const ended = new Set(refused.map(({ connectionId }) => connectionId));
  expect(ended.size).toBe(2);
  await expect
    .poll(() => new Set(events("disconnected").map(({ connectionId }) => connectionId)))
    .toEqual(ended);
});

/** Starts a proxy to the stack that can drop its connections. */
async function startProxy({ aws, url }: Stack) {
  const { port, cut, close } = await startCuttingProxy(new URL(aws.endpoint));
  onTestFinished(close);
  return { url: `ws://127.0.0.1:${port}${new URL(url).pathname}`, cut };
}

/** Sends requests, some at a time, while the proxy drops its connections several times. */
async function sendDuringCuts(stack: Stack, options: ConnectOptions) {
  const proxy = await startProxy(stack);
  const { client } = startClient(proxy.url, options);
  const outcomes: unknown[] = [];
  let next = 0;
  let settled = 0;
  let cuts = 0;
  const sendRequests = async () => {
    while (next < REQUESTS) {
      const number = next;
      next += 1;
      outcomes[number] = await client.request("echo", number).catch((error: unknown) => error);
      settled += 1;
      if (cuts === CUTS || settled % CUT_AFTER > 0) continue;
      cuts += 1;
      proxy.cut();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendRequests));
  expect(cuts).toBe(CUTS);
  expect(outcomes).toHaveLength(REQUESTS);
  return outcomes;
}

/** Returns the code of an error, or whether a result is that of its request. */
const summarize = (outcome: unknown, number: number) =>
  outcome instanceof NoReplyError || outcome instanceof RequestError
    ? outcome.code
    : outcome === number;

test(
  "1,000 requests during five network failures get a result or a typed error each",
  { timeout: TIMEOUT },
  async () => {
    const outcomes = (await sendDuringCuts(await start(), {})).map(summarize);
    expect(outcomes).not.toContain(false);
    expect(outcomes).not.toContain("CONNECTION_LOST");
    // All succeed unless the machine is so busy that functions time out.
    expect(outcomes.filter((outcome) => outcome === true).length).toBeGreaterThan(REQUESTS / 2);
  },
);

test(
  "1,000 requests without retry get a result or a typed error each, and none runs twice",
  { tags: ["extended"], timeout: TIMEOUT },
  async () => {
    const stack = await start();
    const outcomes = (await sendDuringCuts(stack, { retry: false })).map(summarize);
    expect(outcomes).not.toContain(false);
    expect(outcomes).toContain("CONNECTION_LOST");
    const jobs = stack.logs.lines
      .filter(({ content }) => content["event"] === "processor invoked")
      .map(({ content }) => content["requestId"]);
    expect(jobs.length).toBeGreaterThan(REQUESTS / 2);
    expect(new Set(jobs).size).toBe(jobs.length);
  },
);
