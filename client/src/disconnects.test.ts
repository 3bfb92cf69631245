import { expect, test } from "vitest";
import { NoReplyError } from "./errors.ts";
import { startClient, startServer } from "./testing.ts";

const DISCONNECTS = 5;
/** The number of replies on a connection before the server terminates it. */
const REPLIES_PER_CONNECTION = 120;

/** Replies to every request, but terminates five connections. Returns the data of all requests. */
async function serve(server: Awaited<ReturnType<typeof startServer>>, end: Promise<unknown>) {
  const received: unknown[] = [];
  let disconnects = 0;
  let replies = 0;
  const ended = end.then(() => undefined);
  for (;;) {
    const request = await Promise.race([server.request(), ended]);
    if (request === undefined) return received;
    const { data, socket, reply } = request;
    received.push(data);
    if (socket.readyState !== socket.OPEN) continue;
    reply(data);
    replies += 1;
    if (disconnects === DISCONNECTS || replies < REPLIES_PER_CONNECTION) continue;
    disconnects += 1;
    replies = 0;
    socket.terminate();
  }
}

test("1,000 requests at once during five disconnects get 1,000 results, each its own", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const numbers = Array.from({ length: 1000 }, (_, number) => number);
  const results = Promise.all(numbers.map((number) => client.request("echo", number)));
  const received = await serve(server, results);
  expect(await results).toEqual(numbers);
  expect(server.offers).toHaveLength(DISCONNECTS + 1);
  expect(received.length).toBeGreaterThan(numbers.length);
});

test("each request without retry is sent once and gets a result or CONNECTION_LOST", async () => {
  const server = await startServer();
  const client = startClient(server.url, { retry: false });
  const outcomes: unknown[] = [];
  const sendEvery20th = async (first: number) => {
    for (let number = first; number < 1000; number += 20)
      outcomes[number] = await client.request("echo", number).catch((error: unknown) => error);
  };
  const sending = Promise.all(Array.from({ length: 20 }, (_, first) => sendEvery20th(first)));
  const received = await serve(server, sending);
  await sending;
  expect(server.offers).toHaveLength(DISCONNECTS + 1);
  expect(new Set(received).size).toBe(received.length);
  expect(outcomes).toHaveLength(1000);
  const summary = outcomes.map((outcome, number) =>
    outcome instanceof NoReplyError ? outcome.code : outcome === number,
  );
  expect(new Set(summary)).toEqual(new Set([true, "CONNECTION_LOST"]));
});
