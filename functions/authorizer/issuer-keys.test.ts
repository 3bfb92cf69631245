import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { exportJWK, generateKeyPair } from "jose";
import { beforeEach, expect, test } from "vitest";
import { startRecordingServer } from "../../shared/testing.ts";
import { IssuerKeys } from "./issuer-keys.ts";

const { publicKey } = await generateKeyPair("ES256");
const shown = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "1" }] });

let answer: (response: ServerResponse) => void = () => {};
const { endpoint, calls } = await startRecordingServer((_path, response) => answer(response));
const show = (status: number, body: string) => {
  answer = (response) => void response.writeHead(status).end(body);
};

const elsewhere = { Location: `${endpoint}/elsewhere` };

/** Ends the connection within the body of a response. */
const cut = (response: ServerResponse) =>
  void response.writeHead(200, { "Content-Length": shown.length }).write("{", () => {
    response.destroy();
  });

let time = 0;
beforeEach(() => {
  time = 0;
  calls.length = 0;
});

const ask = (keys: IssuerKeys, kid = "1") =>
  keys.getJwk(`${endpoint}/keys`, { header: { alg: "ES256", kid }, payload: {} });

test.for<[string, () => void]>([
  ["is down", () => show(503, "")],
  ["shows what can't be read", () => show(200, "<html></html>")],
  ["redirects", () => void (answer = (response) => response.writeHead(302, elsewhere).end(shown))],
])("an issuer that %s is asked once in ten seconds, whatever comes", async ([, fail]) => {
  const keys = new IssuerKeys(() => time);
  fail();
  for (time = 0; time < 10_000; time += 1111)
    await expect(ask(keys, `${time}`)).rejects.toMatchObject({ name: "KeysUnavailable" });
  expect(calls).toHaveLength(1);
  show(200, shown);
  time = 10_000;
  expect(await ask(keys)).toMatchObject({ kid: "1" });
  expect(calls).toHaveLength(2);
});

test.for<[string, number, (response: ServerResponse) => void]>([
  ["hangs up", 500, (response) => response.destroy()],
  ["hangs up in the middle", 500, (response) => cut(response)],
  ["doesn't respond", 6500, () => {}],
])(
  "an issuer that %s each time is asked twice at once, and then not for ten seconds",
  async ([, limit, fail]) => {
    const keys = new IssuerKeys(() => time);
    answer = fail;
    const started = performance.now();
    for (time = 0; time < 10_000; time += 1111)
      await expect(ask(keys, `${time}`)).rejects.toMatchObject({ name: "KeysUnavailable" });
    // Less than the 10 s of the function.
    expect(performance.now() - started).toBeLessThan(limit);
    expect(calls).toHaveLength(2);
    show(200, shown);
    time = 10_000;
    expect(await ask(keys)).toMatchObject({ kid: "1" });
    expect(calls).toHaveLength(3);
  },
);

test.for<[string, (response: ServerResponse) => void]>([
  ["is dropped", (response) => response.destroy()],
  ["is dropped in the middle of the response", (response) => cut(response)],
  ["gets no response", () => {}],
])("where one request %s, the keys come all the same", async ([, fail]) => {
  const keys = new IssuerKeys(() => time);
  answer = (response) => {
    show(200, shown);
    fail(response);
  };
  expect(await ask(keys)).toMatchObject({ kid: "1" });
  expect(calls).toHaveLength(2);
});

/** For a test of one connection: those to the other server are kept, too. */
const used = new Set<Socket>();
const again: boolean[] = [];
const silent = await startRecordingServer((_path, response) => {
  const { socket } = response;
  if (socket === null) throw new Error("The request has no socket.");
  again.push(used.has(socket));
  // As where the other end is gone: nothing comes back, not even the end of the connection.
  if (!used.has(socket)) response.end(shown);
  used.add(socket);
});

test("where the connection that was kept has died silently, the keys come over a new one", async () => {
  const keys = new IssuerKeys(() => time);
  const fetched = () => keys.getJwks(`${silent.endpoint}/keys`);
  expect(await fetched()).toMatchObject({ keys: [{ kid: "1" }] });
  // Node.js frees the connection in the next turn of its event loop.
  await setImmediate();
  expect(await fetched()).toMatchObject({ keys: [{ kid: "1" }] });
  expect(again).toEqual([false, true, false]);
});

test("why the keys are unavailable is said each time, down to the cause", async () => {
  const keys = new IssuerKeys(() => time);
  answer = (response) => response.destroy();
  for (const _ of [1, 2])
    await expect(ask(keys)).rejects.toThrow(/fetch failed: .*(socket|other side|ECONNRESET)/);
});

test("the keys that are there stay good while the issuer is down", async () => {
  const keys = new IssuerKeys(() => time);
  show(200, shown);
  await ask(keys);
  show(503, "");
  await expect(ask(keys, "2")).rejects.toMatchObject({ name: "KeysUnavailable" });
  expect(await ask(keys)).toMatchObject({ kid: "1" });
});
