import { expect, onTestFinished, test } from "vitest";
import { type Client, connect, type ConnectOptions } from "@websocket-lambda/client";
import { startGateway, type TestGateway } from "../../local-aws/src/execute-api/testing.ts";

const MINUTE = 60_000;

/** A client of the local API Gateway, for whose back end the test speaks. */
function startClient(gateway: TestGateway, options: ConnectOptions): Client {
  const client = connect(gateway.url, { random: () => 0, ...options });
  onTestFinished(() => client.close());
  return client;
}

/** The next message, and a way to answer it as the processor does: to the connection it came from. */
async function nextMessage(gateway: TestGateway) {
  const { requestContext, body = "" } = await gateway.lambda.next("MESSAGE");
  const { connectionId } = requestContext;
  const { action, data, requestId } = JSON.parse(body);
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
  await using gateway = await startGateway();
  const client = startClient(gateway, { keepAlive: 20 });
  const { requestContext } = await gateway.lambda.next("CONNECT");
  for (let round = 0; round < 5; round += 1) {
    const { connectionId, action, answer } = await nextMessage(gateway);
    expect({ connectionId, action }).toEqual({
      connectionId: requestContext.connectionId,
      action: "timestamp",
    });
    expect(await answer("now")).toMatchObject({ status: 200 });
    gateway.clock.advance(9 * MINUTE);
  }
  expect(client.state).toBe("open");
  expect(gateway.lambda.unread("DISCONNECT")).toEqual([]);
});

test.for<[string, (gateway: TestGateway) => void]>([
  ["the idle limit", ({ clock }) => clock.advance(10 * MINUTE)],
  ["the back end", ({ executeApi, lambda }) => cutAll(executeApi, lambda)],
])("a request that %s cuts off is sent again, and answered once", async ([, cutOff]) => {
  await using gateway = await startGateway();
  const client = startClient(gateway, { keepAlive: Infinity });
  const promise = client.request("echo", "hello");
  const first = await nextMessage(gateway);
  cutOff(gateway);
  const second = await nextMessage(gateway);
  expect(second.connectionId).not.toBe(first.connectionId);
  expect(second).toMatchObject({ data: "hello", requestId: first.requestId });
  // The first run of the job finds nobody.
  expect(await first.answer("lost")).toMatchObject({ status: 410 });
  await second.answer("found");
  expect(await promise).toBe("found");
});

function cutAll(executeApi: TestGateway["executeApi"], lambda: TestGateway["lambda"]): void {
  for (const { requestContext } of lambda.unread("CONNECT"))
    executeApi.drop(requestContext.connectionId);
}

/** Lets time pass on a busy connection. */
async function grow(gateway: TestGateway, client: Client, minutes: number): Promise<void> {
  for (let passed = 0; passed < minutes; passed += 9) {
    const promise = client.request("echo", passed);
    await (await nextMessage(gateway)).answer(passed);
    expect(await promise).toBe(passed);
    gateway.clock.advance(9 * MINUTE);
  }
}

test("a client changes connections before the 2-hour limit, and every request is answered where it was made", async () => {
  await using gateway = await startGateway();
  // Long enough for the gateway's 108 minutes to pass before.
  const client = startClient(gateway, { renewAfter: 2000 });
  await grow(gateway, client, 100);
  const early = client.request("echo", "early");
  const onOld = await nextMessage(gateway);
  await gateway.lambda.next("CONNECT");
  await gateway.lambda.next("CONNECT");
  const late = await untilMoved(gateway, client, onOld.connectionId);

  expect(await onOld.answer("on the old one")).toMatchObject({ status: 200 });
  expect(await early).toBe("on the old one");
  const { requestContext } = await gateway.lambda.next("DISCONNECT");
  expect(requestContext).toMatchObject({
    connectionId: onOld.connectionId,
    disconnectStatusCode: 1000,
  });
  gateway.clock.advance(9 * MINUTE);
  expect(await gateway.manage("GET", late)).toMatchObject({ status: 200 });
  expect(client.state).toBe("open");
});

/** Asks until a request goes over a new connection: the client hears of it later than the server. */
async function untilMoved(gateway: TestGateway, client: Client, from: string): Promise<string> {
  for (;;) {
    const promise = client.request("echo");
    const { connectionId, answer } = await nextMessage(gateway);
    await answer("late");
    await promise;
    if (connectionId !== from) return connectionId;
  }
}

test("a client that doesn't is cut off by the 2-hour limit, and sends again", async () => {
  await using gateway = await startGateway();
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
