import { expect, onTestFinished, test } from "vitest";
import { connect, type ConnectOptions, NoReplyError, RequestError } from "@websocket-lambda/client";
import type { Actions } from "../../functions/processor/actions/index.ts";
import type { FaultRates } from "@websocket-lambda/local-aws";
import { startTestStack } from "../test-stack.ts";
import { startCuttingProxy } from "./cutting-proxy.ts";

const REQUESTS = 1000;
const IN_FLIGHT = 20;
const CUTS = 5;
/** So many requests end between two cuts. */
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
  const client = connect<Actions>(url, {
    minimumDelay: 10,
    onUnmatched: (message) => unmatched.push(message),
    ...options,
  });
  onTestFinished(() => client.close());
  return { client, unmatched };
}

test("results and errors of the stack come as they are", async () => {
  const { url } = await start();
  const { client, unmatched } = startClient(url);
  expect(await client.request("reverse", { text: "añ" })).toBe("ña");
  // @ts-expect-error -- the server refuses it as well
  await expect(client.request("reverse", { text: 1 })).rejects.toMatchObject({
    name: "RequestError",
    code: "INVALID_DATA",
    message: "data.text must be a string",
  });
  // @ts-expect-error -- the server doesn't know it either
  await expect(client.request("nonsense")).rejects.toBeInstanceOf(RequestError);
  expect(unmatched).toEqual([]);
});

test("a client survives a restart of the stack on the same port", async () => {
  const first = await start();
  const { client } = startClient(first.url);
  expect(await client.request("echo", "before")).toBe("before");
  await first.aws.close();
  const promise = client.request("echo", "after");
  await start({ port: Number(new URL(first.aws.endpoint).port) });
  expect(await promise).toBe("after");
});

test("jobs that run twice give one result each", async () => {
  const { url, logs } = await start({ rates: { "duplicate-event": 1 } });
  const { client, unmatched } = startClient(url);
  const numbers = Array.from({ length: 50 }, (_, number) => number);
  // A few at a time: on a busy machine, the time-outs of the functions would end a burst.
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

test("a reply that comes after its time-out is dropped", async () => {
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

test("API Gateway's own error is told to the client, but not as the end of a request", async () => {
  const { aws, url } = await start();
  const { functions } = aws.state.regions["us-east-1"]?.lambda ?? { functions: {} };
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

/** Makes requests, some at a time, while the network is cut now and then. */
async function underCuts({ aws, url }: Stack, options: ConnectOptions) {
  const proxy = await startCuttingProxy(new URL(aws.endpoint));
  onTestFinished(() => proxy.close());
  const throughProxy = `ws://127.0.0.1:${proxy.port}${new URL(url).pathname}`;
  const { client } = startClient(throughProxy, options);
  const ends: unknown[] = [];
  let next = 0;
  let settled = 0;
  let cuts = 0;
  const ask = async () => {
    while (next < REQUESTS) {
      const number = next;
      next += 1;
      ends[number] = await client.request("echo", number).catch((error: unknown) => error);
      settled += 1;
      if (cuts === CUTS || settled % CUT_AFTER > 0) continue;
      cuts += 1;
      proxy.cut();
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, ask));
  expect(cuts).toBe(CUTS);
  expect(ends).toHaveLength(REQUESTS);
  return ends;
}

/** Its own result, or why there is none. */
const fateOf = (end: unknown, number: number) =>
  end instanceof NoReplyError || end instanceof RequestError ? end.code : end === number;

test(
  "1,000 requests over five cuts of the network give a result or a typed error each",
  { timeout: TIMEOUT },
  async () => {
    const fates = (await underCuts(await start(), {})).map(fateOf);
    expect(fates).not.toContain(false);
    expect(fates).not.toContain("CONNECTION_LOST");
    // All, unless the machine is so busy that functions time out.
    expect(fates.filter((fate) => fate === true).length).toBeGreaterThan(REQUESTS / 2);
  },
);

test(
  "1,000 requests that may not run twice give a result or a typed error each, and none ran twice",
  { timeout: TIMEOUT },
  async () => {
    const stack = await start();
    const fates = (await underCuts(stack, { retry: false })).map(fateOf);
    expect(fates).not.toContain(false);
    expect(fates).toContain("CONNECTION_LOST");
    const jobs = stack.logs.lines
      .filter(({ content }) => content["event"] === "processor invoked")
      .map(({ content }) => content["requestId"]);
    expect(jobs.length).toBeGreaterThan(REQUESTS / 2);
    expect(new Set(jobs).size).toBe(jobs.length);
  },
);
