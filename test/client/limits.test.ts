import { type Client, connect, type ConnectOptions } from "@websocket-lambda/client";
import { createManualClock, type TracedMessage } from "@websocket-lambda/local-aws";
import { expect, onTestFinished, test } from "vitest";
import { request } from "../conformance/signed-request.ts";
import { startTestStack } from "../test-stack.ts";

const MINUTE = 60_000;

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** A queue of handled messages of one type. */
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

/** Starts the API with a manual clock. Its function sends no replies, so that the test sends them. */
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
    /** Sends a request to `@connections`. */
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

/** Returns the next message, and a function that replies to its connection as the processor does. */
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
    reply: (result: unknown) => {
      const frame = JSON.stringify({ action, status: "success", result, requestId });
      return gateway.manage("POST", connectionId, frame);
    },
  };
}

test("a client without requests stays connected beyond the idle limit", async () => {
  const gateway = await startGateway();
  const client = startClient(gateway, { keepAlive: 20 });
  const { connectionId: connected } = await gateway.next("CONNECT");
  for (let round = 0; round < 5; round += 1) {
    const { connectionId, action, reply } = await nextMessage(gateway);
    expect({ connectionId, action }).toEqual({
      connectionId: connected,
      action: "ping",
    });
    expect(await reply("now")).toMatchObject({ status: 200 });
    gateway.clock.advance(9 * MINUTE);
  }
  expect(client.state).toBe("open");
  expect(gateway.unread("DISCONNECT")).toEqual([]);
});

test.for<[string, (gateway: Gateway, connectionId: string) => unknown]>([
  ["the idle limit", ({ clock }) => clock.advance(10 * MINUTE)],
  ["the backend", (gateway, connectionId) => gateway.manage("DELETE", connectionId)],
])(
  "a request whose connection %s closes is sent again, and gets one result",
  async ([, closeConnection]) => {
    const gateway = await startGateway();
    const client = startClient(gateway, { keepAlive: Infinity });
    const promise = client.request("echo", "hello");
    const first = await nextMessage(gateway);
    await closeConnection(gateway, first.connectionId);
    const second = await nextMessage(gateway);
    expect(second.connectionId).not.toBe(first.connectionId);
    expect(second).toMatchObject({ data: "hello", requestId: first.requestId });
    // The first run of the job finds that the client is gone.
    expect(await first.reply("lost")).toMatchObject({ status: 410 });
    await second.reply("found");
    expect(await promise).toBe("found");
  },
);

/** Sends requests while the clock advances by 9 minutes each. */
async function sendForMinutes(gateway: Gateway, client: Client, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 9) {
    const promise = client.request("echo", passed);
    await (await nextMessage(gateway)).reply(passed);
    expect(await promise).toBe(passed);
    gateway.clock.advance(9 * MINUTE);
  }
}

test("a client replaces its connection before the 2-hour limit, and gets replies on both connections", async () => {
  const gateway = await startGateway();
  // Milliseconds of real time, in which the gateway's clock advances by 108 minutes.
  const client = startClient(gateway, { renewAfter: 2000 });
  await sendForMinutes(gateway, client, 100);
  const early = client.request("echo", "early");
  const onOld = await nextMessage(gateway);
  await gateway.next("CONNECT");
  await gateway.next("CONNECT");
  const late = await sendUntilReplaced(gateway, client, onOld.connectionId);

  expect(await onOld.reply("on the old one")).toMatchObject({ status: 200 });
  expect(await early).toBe("on the old one");
  const { connectionId, points } = await gateway.next("DISCONNECT");
  expect(connectionId).toBe(onOld.connectionId);
  expect(points[0]).toMatchObject({ type: "closed", code: 1000 });
  gateway.clock.advance(9 * MINUTE);
  expect(await gateway.manage("GET", late)).toMatchObject({ status: 200 });
  expect(client.state).toBe("open");
});

/** Sends requests until one uses the new connection, which opens on the client later than on the server. */
async function sendUntilReplaced(gateway: Gateway, client: Client, from: string): Promise<string> {
  for (;;) {
    const promise = client.request("echo");
    const { connectionId, reply } = await nextMessage(gateway);
    await reply("late");
    await promise;
    if (connectionId !== from) return connectionId;
  }
}

test("a client that doesn't is disconnected at the 2-hour limit, and sends its request again", async () => {
  const gateway = await startGateway();
  const client = startClient(gateway, { renewAfter: Infinity });
  await sendForMinutes(gateway, client, 117);
  const promise = client.request("echo", "hello");
  const first = await nextMessage(gateway);
  gateway.clock.advance(3 * MINUTE);
  const second = await nextMessage(gateway);
  expect(second.connectionId).not.toBe(first.connectionId);
  expect(second.requestId).toBe(first.requestId);
  await second.reply("after 2 hours");
  expect(await promise).toBe("after 2 hours");
});
