import { expect, onTestFinished, test } from "vitest";
import { createLocalAws } from "../local-aws.ts";

async function startConsole() {
  const aws = createLocalAws({ console: {} });
  onTestFinished(() => aws.close());
  await aws.listen();
  return `${aws.endpoint}/_local/dead-letters`;
}

test("the list is readable with GET, and changes need POST", async () => {
  const url = await startConsole();
  expect(await (await fetch(url)).json()).toEqual([]);
  expect(await (await fetch(`${url}/delete?id=1`, { method: "POST" })).json()).toEqual([]);
  expect((await fetch(`${url}/delete?id=1`)).status).toBe(403);
  expect((await fetch(url, { method: "POST" })).status).toBe(403);
});

test("a deleted message is not sent, and the response has the reason", async () => {
  const response = await fetch(`${await startConsole()}/send?id=1`, { method: "POST" });
  expect(response.status).toBe(409);
  expect(await response.json()).toEqual({ message: "The message is no longer in the queue." });
});

test("pages of other sites can neither read nor change dead letters", async () => {
  const url = await startConsole();
  const headers = { Origin: "https://evil.example" };
  expect((await fetch(url, { headers })).status).toBe(403);
  for (const action of ["send", "delete"])
    expect((await fetch(`${url}/${action}?id=1`, { method: "POST", headers })).status).toBe(403);
});
