import { expect, onTestFinished, test, vi } from "vitest";
import type { Client } from "./connect.ts";
import type { ConnectOptions } from "./options.ts";
import { startClient, startServer } from "./testing.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** Starts a client with fake timers and a real socket. */
async function startOpenClient(options?: ConnectOptions) {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const server = await startServer();
  const client = startClient(server.url, options);
  await client.enters("open");
  const socket = await server.connection();
  return { server, client, socket };
}

/** Sends a request, and expects that no other request arrives before it. */
async function expectNothingBefore(
  { request }: Awaited<ReturnType<typeof startServer>>,
  client: Client,
) {
  const promise = client.request("echo", "marker");
  const { data, reply } = await request();
  expect(data).toBe("marker");
  reply();
  await promise;
}

test("by default a request times out after 30 s", async () => {
  const { server, client } = await startOpenClient();
  const first = client.request("echo");
  const second = client.request("echo").catch((caught: unknown) => caught);
  const { reply } = await server.request();
  await vi.advanceTimersByTimeAsync(30 * SECOND - 1);
  reply("in time");
  expect(await first).toBe("in time");
  await vi.advanceTimersByTimeAsync(1);
  expect(await second).toMatchObject({ code: "TIMED_OUT" });
});

test("by default a connection is kept alive after 9 minutes of silence", async () => {
  const { server, client } = await startOpenClient();
  await vi.advanceTimersByTimeAsync(9 * MINUTE - 1);
  await expectNothingBefore(server, client);
  await vi.advanceTimersByTimeAsync(9 * MINUTE - 1);
  await expectNothingBefore(server, client);
  await vi.advanceTimersByTimeAsync(9 * MINUTE);
  expect((await server.request()).action).toBe("ping");
});

test.for([
  [0, 110 * MINUTE],
  [1, 115.5 * MINUTE],
] as const)(
  "by default a connection is replaced after 110 minutes plus up to 5%: random %d",
  async ([random, age]) => {
    const { server, client } = await startOpenClient({ random: () => random, keepAlive: Infinity });
    await vi.advanceTimersByTimeAsync(age - 1);
    await expectNothingBefore(server, client);
    expect(server.unread.connections).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await server.connection();
  },
);

test("by default the delay before an attempt is up to 0.5 s, and up to 1 s after a failure", async () => {
  const { client, socket } = await startOpenClient({ random: () => 1 });
  socket.terminate();
  await client.enters("waiting");
  // The connection without a message counts as the first failure.
  await vi.advanceTimersByTimeAsync(999);
  expect(client.state).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1);
  expect(client.state).toBe("connecting");
});

test("by default 1,000 requests may wait for a connection", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const waiting = Array.from({ length: 1000 }, () => client.request("echo"));
  const outcomes = Promise.allSettled(waiting);
  await expect(client.request("echo")).rejects.toMatchObject({ code: "QUEUE_FULL" });
  client.close();
  for (const outcome of await outcomes)
    expect(outcome).toMatchObject({ reason: { code: "CLOSED" } });
});

test("an option that is undefined has its default", async () => {
  const options: unknown = { keepAlive: 10, keepAliveAction: undefined, timeout: undefined };
  const { server } = await startOpenClient(options as ConnectOptions);
  await vi.advanceTimersByTimeAsync(10);
  expect((await server.request()).action).toBe("ping");
});
