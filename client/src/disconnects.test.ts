import { expect, test } from "vitest";
import { NoReplyError } from "./errors.ts";
import { startClient, startServer } from "./testing.ts";

const DISCONNECTS = 5;
/** So many requests are answered over a connection before it is cut. */
const CUT_AFTER = 120;

/** Answers every request, but cuts five connections in the middle. Gives what it has been sent. */
async function serve(server: Awaited<ReturnType<typeof startServer>>, end: Promise<unknown>) {
  const received: unknown[] = [];
  let disconnects = 0;
  let answered = 0;
  const over = end.then(() => undefined);
  for (;;) {
    const request = await Promise.race([server.request(), over]);
    if (request === undefined) return received;
    const { data, socket, answer } = request;
    received.push(data);
    if (socket.readyState !== socket.OPEN) continue;
    answer(data);
    answered += 1;
    if (disconnects === DISCONNECTS || answered < CUT_AFTER) continue;
    disconnects += 1;
    answered = 0;
    socket.terminate();
  }
}

test("1,000 requests at once over five disconnects give 1,000 results, each its own", async () => {
  const server = await startServer();
  const client = startClient(server.url);
  const numbers = Array.from({ length: 1000 }, (_, number) => number);
  const results = Promise.all(numbers.map((number) => client.request("echo", number)));
  const received = await serve(server, results);
  expect(await results).toEqual(numbers);
  expect(server.offers).toHaveLength(DISCONNECTS + 1);
  expect(received.length).toBeGreaterThan(numbers.length);
});

test("those that may not run twice give a result or CONNECTION_LOST each, and are sent once", async () => {
  const server = await startServer();
  const client = startClient(server.url, { retry: false });
  const ends: unknown[] = [];
  const ask = async (first: number) => {
    for (let number = first; number < 1000; number += 20)
      ends[number] = await client.request("echo", number).catch((error: unknown) => error);
  };
  const asking = Promise.all(Array.from({ length: 20 }, (_, first) => ask(first)));
  const received = await serve(server, asking);
  await asking;
  expect(server.offers).toHaveLength(DISCONNECTS + 1);
  expect(new Set(received).size).toBe(received.length);
  expect(ends).toHaveLength(1000);
  const fates = ends.map((end, number) =>
    end instanceof NoReplyError ? end.code : end === number,
  );
  expect(new Set(fates)).toEqual(new Set([true, "CONNECTION_LOST"]));
});
