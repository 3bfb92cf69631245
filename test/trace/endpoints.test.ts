import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { type Overview, type TraceResponse, type TracedMessage } from "@websocket-lambda/local-aws";
import { startTestStack } from "../test-stack.ts";
import { saying, startTracedStack } from "./traced-stack.ts";

async function getJson<Body>(url: string): Promise<Body> {
  const response = await fetch(url);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  return (await response.json()) as Body;
}

/** Yields the events of a stream. Closes the stream when the caller stops reading. */
async function* eventsOf(url: string, headers: Record<string, string> = {}) {
  const [response] = (await once(get(url, { headers }), "response")) as [IncomingMessage];
  expect(response.headers["content-type"]).toBe("text/event-stream");
  let received = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const events = (received + String(chunk)).split("\n\n");
    received = events.pop() ?? "";
    for (const text of events) {
      const fields = new Map(text.split("\n").map((line) => [line.slice(0, 3), line]));
      const data = fields.get("dat")?.slice("data: ".length);
      if (data !== undefined)
        yield { event: fields.get("eve")?.slice("event: ".length), data: JSON.parse(data) };
    }
  }
}

test("GET /_local/trace returns all messages, and with since only the new ones", async () => {
  const { aws, connect, settled } = await startTracedStack();
  const url = `${aws.endpoint}/_local/trace`;
  const client = await connect();
  await client.ask({ action: "echo", data: "first" });
  const first = await settled(saying("first"));
  const all = await getJson<TraceResponse>(url);
  expect(all.messages.map(({ eventType }) => eventType)).toEqual(["CONNECT", "MESSAGE"]);
  expect(all.messages[1]).toEqual(first);
  await client.ask({ action: "echo", data: "second" });
  await settled(saying("second"));
  const { messages } = await getJson<TraceResponse>(`${url}?since=${all.revision}`);
  expect(messages.filter(saying("second"))).toHaveLength(1);
  expect(messages.filter(saying("first"))).toEqual([]);
});

test.for([
  ["/_local/trace", { Accept: "text/event-stream" }],
  ["/_local/trace/stream", {}],
] as const)("%s streams messages until they are settled", async ([path, headers]) => {
  const { aws, connect } = await startTracedStack();
  const events = eventsOf(`${aws.endpoint}${path}`, headers);
  // The overview arrives at once. After it, the stream is open.
  expect(await events.next()).toMatchObject({ value: { event: "overview" } });
  const client = await connect();
  client.send({ action: "echo", data: "live" });
  for await (const { event, data } of events) {
    if (event !== "message") continue;
    const message = data as TracedMessage;
    if (saying("live")(message) && message.settled) break;
  }
});

test("the overview counts connections, environments, events and dead letters", async () => {
  const { aws, connect, settled } = await startTracedStack();
  const overview = () => getJson<Overview>(`${aws.endpoint}/_local/overview`);
  const none = { cold: 0, busy: 0, warm: 0, frozen: 0, waiting: 0 };
  expect(await overview()).toEqual({
    connections: 0,
    functions: expect.arrayContaining([
      { functionName: "websocket-lambda-processor", ...none },
      { functionName: "websocket-lambda-websocket-handler", ...none },
    ]),
    queued: 0,
    deadLetters: 0,
    notice: null,
    apis: [expect.objectContaining({ stages: [expect.objectContaining({ url: aws.url })] })],
  });
  aws.replaceCode("processor", "exports.handler = async () => { throw new Error(); }");
  const client = await connect();
  await client.ask({ action: "echo", data: "fails" });
  await settled(saying("fails"));
  const after = await overview();
  expect(after).toMatchObject({ connections: 1, queued: 0, deadLetters: 1 });
  expect(after.functions).toContainEqual(
    expect.objectContaining({ functionName: "websocket-lambda-processor", cold: 0, busy: 0 }),
  );
});

test("while an event runs it is queued, and its environment is cold or busy", async () => {
  const { aws, connect } = await startTracedStack();
  aws.replaceCode(
    "processor",
    "exports.handler = () => new Promise(() => setInterval(() => {}, 1000));",
  );
  const client = await connect();
  client.send({ action: "echo", data: "hangs" });
  await expect
    .poll(() => getJson<Overview>(`${aws.endpoint}/_local/overview`), {
      timeout: 10_000,
      interval: 5,
    })
    .toMatchObject({
      queued: 1,
      functions: expect.arrayContaining([
        expect.objectContaining({ functionName: "websocket-lambda-processor", busy: 1 }),
      ]),
    });
});

test("pages of other sites and other methods get no trace", async () => {
  const { aws } = await startTracedStack();
  const url = `${aws.endpoint}/_local/trace`;
  const foreign = await fetch(url, { headers: { Origin: "https://evil.example" } });
  expect(foreign.status).toBe(403);
  expect((await fetch(url, { method: "POST" })).status).toBe(403);
});

test("a stack without a trace has no such page", async () => {
  const aws = await startTestStack();
  onTestFinished(() => aws.close());
  expect((await fetch(`${aws.endpoint}/_local/trace`)).status).toBe(403);
});
