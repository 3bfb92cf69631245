import { type Client, connect, type ConnectOptions } from "@websocket-lambda/client";
import { createManualClock, type TracedMessage } from "@websocket-lambda/local-aws";
import { expect, onTestFinished, test } from "vitest";
import { request } from "../conformance/signed-request.ts";
import { startTestStack } from "../test-stack.ts";

const MINUTE = 60_000;

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** Handled messages of one kind, in order. A message that is not awaited is kept. */
function createInbox() {
  const kept: TracedMessage[] = [];
  const waiting: ((message: TracedMessage) => void)[] = [];
  return {
    kept,
    push(message: TracedMessage) {
      const take = waiting.shift();
      if (take === undefined) kept.push(message);
      else take(message);
    },
    next: async () =>
      kept.shift() ?? (await new Promise<TracedMessage>((resolve) => waiting.push(resolve))),
  };
}

/** The API with a clock that waits. Its function is silent, so that the test speaks for the back end. */
async function startGateway() {
  const clock = createManualClock();
  const aws = await startTestStack({ clock, trace: true });
  onTestFinished(() => aws.close());
  aws.replaceCode("websocket-handler", "exports.handler = async () => ({ statusCode: 200 });");
  const inboxes = { CONNECT: createInbox(), MESSAGE: createInbox(), DISCONNECT: createInbox() };
  aws.subscribe({ message: (message) => inboxes[message.eventType].push(message) });
  return {
    url: aws.url,
    clock,
    next: (type: keyof typeof inboxes) => inboxes[type].next(),
    unread: (type: keyof typeof inboxes) => inboxes[type].kept,
    /** A request to `@connections`. */
    manage: (method: string, connectionId: string, body?: string) =>
      request(
        {
          method,
          url: `${aws.url.replace("ws:", "http:")}/@connections/${encodeURIComponent(connectionId)}`,
          ...(body !== undefined && { body: Buffer.from(body) }),
        },
        { service: "execute-api", region: "us-east-1", credentials, time: clock.now() },
      ),
  };
}
type Gateway = Awaited<ReturnType<typeof startGateway>>;

function startClient(gateway: Gateway, options: ConnectOptions): Client {
  const client = connect(gateway.url, { random: () => 0, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** The next message, and a way to answer it as the processor does: to the connection it came from. */
async function nextMessage(gateway: Gateway) {
  const {
    connectionId,
    points: [first],
  } = await gateway.next("MESSAGE");
  if (first?.type !== "frame-in") throw new Error("A message starts with a frame.");
  const { action, data, requestId } = JSON.parse(first.text);
  return {
    connectionId,
    action,
    data,
    requestId,
    answer: (result: unknown) => {
      const reply = JSON.stringify({ action, status: "success", result, requestId });
      return gateway.manage("POST", connectionId, reply);
    },
  };
}

test("a client that has nothing to say outlives the idle limit", async () => {
  const gateway = await startGateway();
  const client = startClient(gateway, { keepAlive: 20 });
  const { connectionId: connected } = await gateway.next("CONNECT");
  for (let round = 0; round < 5; round += 1) {
    const { connectionId, action, answer } = await nextMessage(gateway);
    expect({ connectionId, action }).toEqual({
      connectionId: connected,
      action: "ping",
    });
    expect(await answer("now")).toMatchObject({ status: 200 });
    gateway.clock.advance(9 * MINUTE);
  }
  expect(client.state).toBe("open");
  expect(gateway.unread("DISCONNECT")).toEqual([]);
});

test.for<[string, (gateway: Gateway, connectionId: string) => unknown]>([
  ["the idle limit", ({ clock }) => clock.advance(10 * MINUTE)],
  ["the back end", (gateway, connectionId) => gateway.manage("DELETE", connectionId)],
])("a request that %s cuts off is sent again, and answered once", async ([, cutOff]) => {
  const gateway = await startGateway();
  const client = startClient(gateway, { keepAlive: Infinity });
  const promise = client.request("echo", "hello");
  const first = await nextMessage(gateway);
  await cutOff(gateway, first.connectionId);
  const second = await nextMessage(gateway);
  expect(second.connectionId).not.toBe(first.connectionId);
  expect(second).toMatchObject({ data: "hello", requestId: first.requestId });
  // The first run of the job finds nobody.
  expect(await first.answer("lost")).toMatchObject({ status: 410 });
  await second.answer("found");
  expect(await promise).toBe("found");
});

/** Lets time pass on a busy connection. */
async function grow(gateway: Gateway, client: Client, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 9) {
    const promise = client.request("echo", passed);
    await (await nextMessage(gateway)).answer(passed);
    expect(await promise).toBe(passed);
    gateway.clock.advance(9 * MINUTE);
  }
}

test("a client changes connections before the 2-hour limit, and every request is answered where it was made", async () => {
  const gateway = await startGateway();
  // Long enough for the gateway's 108 minutes to pass before.
  const client = startClient(gateway, { renewAfter: 2000 });
  await grow(gateway, client, 100);
  const early = client.request("echo", "early");
  const onOld = await nextMessage(gateway);
  await gateway.next("CONNECT");
  await gateway.next("CONNECT");
  const late = await untilMoved(gateway, client, onOld.connectionId);

  expect(await onOld.answer("on the old one")).toMatchObject({ status: 200 });
  expect(await early).toBe("on the old one");
  const { connectionId, points } = await gateway.next("DISCONNECT");
  expect(connectionId).toBe(onOld.connectionId);
  expect(points[0]).toMatchObject({ type: "closed", code: 1000 });
  gateway.clock.advance(9 * MINUTE);
  expect(await gateway.manage("GET", late)).toMatchObject({ status: 200 });
  expect(client.state).toBe("open");
});

/** Asks until a request goes over a new connection: the client hears of it later than the server. */
async function untilMoved(gateway: Gateway, client: Client, from: string): Promise<string> {
  for (;;) {
    const promise = client.request("echo");
    const { connectionId, answer } = await nextMessage(gateway);
    await answer("late");
    await promise;
    if (connectionId !== from) return connectionId;
  }
}

test("a client that doesn't is cut off by the 2-hour limit, and sends again", async () => {
  const gateway = await startGateway();
  const client = startClient(gateway, { renewAfter: Infinity });
  await grow(gateway, client, 117);
  const promise = client.request("echo", "hello");
  const first = await nextMessage(gateway);
  gateway.clock.advance(3 * MINUTE);
  const second = await nextMessage(gateway);
  expect(second.connectionId).not.toBe(first.connectionId);
  expect(second.requestId).toBe(first.requestId);
  await second.answer("after 2 hours");
  expect(await promise).toBe("after 2 hours");
});
