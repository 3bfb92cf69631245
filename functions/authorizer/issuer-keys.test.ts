import type { ServerResponse } from "node:http";
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
  ["hangs up", () => void (answer = (response) => response.destroy())],
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

test("why the keys can't be had is said each time, down to the cause", async () => {
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
