import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { exportJWK, generateKeyPair } from "jose";
import { beforeEach, expect, test } from "vitest";
import { startRecordingServer } from "../../shared/testing.ts";
import { IssuerKeys } from "./issuer-keys.ts";

const { publicKey } = await generateKeyPair("ES256");
const keySet = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: "1" }] });

let respond: (response: ServerResponse) => void = () => {};
const { endpoint, calls } = await startRecordingServer((_path, response) => respond(response));
const respondWith = (status: number, body: string) => {
  respond = (response) => void response.writeHead(status).end(body);
};

const elsewhere = { Location: `${endpoint}/elsewhere` };

/** Closes the connection in the middle of the response body. */
const truncate = (response: ServerResponse) =>
  void response.writeHead(200, { "Content-Length": keySet.length }).write("{", () => {
    response.destroy();
  });

let time = 0;
beforeEach(() => {
  time = 0;
  calls.length = 0;
});

const getKey = (keys: IssuerKeys, kid = "1") =>
  keys.getJwk(`${endpoint}/keys`, { header: { alg: "ES256", kid }, payload: {} });

test.for<[string, () => void]>([
  ["is down", () => respondWith(503, "")],
  ["responds with invalid keys", () => respondWith(200, "<html></html>")],
  [
    "redirects",
    () => void (respond = (response) => response.writeHead(302, elsewhere).end(keySet)),
  ],
])("an issuer that %s gets one request in ten seconds", async ([, fail]) => {
  const keys = new IssuerKeys(() => time);
  fail();
  for (time = 0; time < 10_000; time += 1111)
    await expect(getKey(keys, `${time}`)).rejects.toMatchObject({ name: "KeysUnavailable" });
  expect(calls).toHaveLength(1);
  respondWith(200, keySet);
  time = 10_000;
  expect(await getKey(keys)).toMatchObject({ kid: "1" });
  expect(calls).toHaveLength(2);
});

test.for<[string, number, (response: ServerResponse) => void]>([
  ["closes the connection", 500, (response) => response.destroy()],
  ["closes the connection in the middle of a response", 500, (response) => truncate(response)],
  ["doesn't respond", 6500, () => {}],
])(
  "an issuer that always %s gets two requests, and then none for ten seconds",
  async ([, limit, fail]) => {
    const keys = new IssuerKeys(() => time);
    respond = fail;
    const started = performance.now();
    for (time = 0; time < 10_000; time += 1111)
      await expect(getKey(keys, `${time}`)).rejects.toMatchObject({ name: "KeysUnavailable" });
    // Less than the function's timeout of 10 s.
    expect(performance.now() - started).toBeLessThan(limit);
    expect(calls).toHaveLength(2);
    respondWith(200, keySet);
    time = 10_000;
    expect(await getKey(keys)).toMatchObject({ kid: "1" });
    expect(calls).toHaveLength(3);
  },
);

test.for<[string, (response: ServerResponse) => void]>([
  ["is closed", (response) => response.destroy()],
  ["is closed in the middle of the response", (response) => truncate(response)],
  ["gets no response", () => {}],
])("if the first request %s, a second one fetches the keys", async ([, fail]) => {
  const keys = new IssuerKeys(() => time);
  respond = (response) => {
    respondWith(200, keySet);
    fail(response);
  };
  expect(await getKey(keys)).toMatchObject({ kid: "1" });
  expect(calls).toHaveLength(2);
});

/** For the test of a reused connection, which needs its own server. */
const used = new Set<Socket>();
const reused: boolean[] = [];
const silent = await startRecordingServer((_path, response) => {
  const { socket } = response;
  if (socket === null) throw new Error("The request has no socket.");
  reused.push(used.has(socket));
  // The second request on a connection gets no response, and the connection stays open.
  if (!used.has(socket)) response.end(keySet);
  used.add(socket);
});

test("if a keep-alive connection no longer responds, a new one fetches the keys", async () => {
  const keys = new IssuerKeys(() => time);
  const fetched = () => keys.getJwks(`${silent.endpoint}/keys`);
  expect(await fetched()).toMatchObject({ keys: [{ kid: "1" }] });
  // Node.js frees the connection in the next turn of its event loop.
  await setImmediate();
  expect(await fetched()).toMatchObject({ keys: [{ kid: "1" }] });
  expect(reused).toEqual([false, true, false]);
});

test("each error says why the keys are unavailable, including the cause", async () => {
  const keys = new IssuerKeys(() => time);
  respond = (response) => response.destroy();
  for (const _ of [1, 2])
    await expect(getKey(keys)).rejects.toThrow(/fetch failed: .*(socket|other side|ECONNRESET)/);
});

test("cached keys stay valid while the issuer is down", async () => {
  const keys = new IssuerKeys(() => time);
  respondWith(200, keySet);
  await getKey(keys);
  respondWith(503, "");
  await expect(getKey(keys, "2")).rejects.toMatchObject({ name: "KeysUnavailable" });
  expect(await getKey(keys)).toMatchObject({ kid: "1" });
});
