import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createLocalAws } from "../local-aws.ts";
import { consolePages } from "./index.ts";
import type { ConsoleOptions } from "./settings.ts";

async function startConsole(options: ConsoleOptions = {}) {
  const aws = createLocalAws({
    console: options,
    errorFrame: { status: "error" },
    progressFrame: { status: "progress" },
  });
  onTestFinished(() => aws.close());
  await aws.listen();
  return aws.endpoint;
}

/** Starts the console with its page in another directory. */
async function startPage(directory: string) {
  const stack = { endpoint: () => Promise.resolve("") };
  const aws = createLocalAws({ pages: consolePages({}, stack, directory) });
  onTestFinished(() => aws.close());
  await aws.listen();
  return aws.endpoint;
}

test.for([
  ["/", "text/html; charset=utf-8"],
  ["/_local/console/main.js", "text/javascript; charset=utf-8"],
  ["/_local/console/style.css", "text/css; charset=utf-8"],
  ["/_local/console/icon.svg", "image/svg+xml"],
  ["/_local/console/settings", "application/json"],
] as const)("%s is served as %s, with headers that block foreign code", async ([path, type]) => {
  const { status, headers } = await fetch((await startConsole()) + path);
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe(type);
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https:|\*/);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
});

test("the page has no inline scripts or styles, and loads nothing from other origins", async () => {
  const html = await (await fetch(`${await startConsole()}/`)).text();
  expect(html).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]* src=)|(?:src|href)="(?!\/)/);
});

test("a changed page is served after a reload, also after a syntax error was fixed", async () => {
  const directory = await mkdtemp(join(tmpdir(), "local-aws-console-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const url = `${await startPage(directory)}/_local/console/main.js`;
  for (const [source, status, text] of [
    ["console.log('first')", 200, "first"],
    ["const 1;", 500, 'Expected identifier but found "1"'],
    ["console.log('second')", 200, "second"],
  ] as const) {
    await writeFile(join(directory, "main.ts"), source);
    const response = await fetch(url);
    expect(response.status).toBe(status);
    expect(await response.text()).toContain(text);
  }
});

test("requests for an AWS service do not get the page at /", async () => {
  const endpoint = await startConsole();
  expect((await fetch(`${endpoint}/`, { method: "POST" })).status).toBe(403);
  const signed = await fetch(`${endpoint}/`, { headers: { Authorization: "AWS4-HMAC-SHA256" } });
  expect(signed.headers.get("content-type")).not.toContain("html");
  const presigned = await fetch(`${endpoint}/?X-Amz-Signature=1`);
  expect(presigned.headers.get("content-type")).not.toContain("html");
});

test("pages of other sites cannot get the console's token", async () => {
  const url = `${await startConsole()}/_local/console/settings`;
  const { status } = await fetch(url, { headers: { Origin: "https://evil.example" } });
  expect(status).toBe(403);
});

test("the page has the options of the application", async () => {
  const messages = { hello: { type: "object", properties: { text: { type: "string" } } } };
  const endpoint = await startConsole({
    title: "<Chat>",
    messages: () => Promise.resolve(messages),
    requestId: "id",
    messageName: "kind",
    content: ["text"],
    links: { Guide: "/guide" },
    subprotocol: "chat",
    token: (url) => `token for ${url}`,
  });
  const html = await (await fetch(`${endpoint}/`)).text();
  expect(html).toContain("<title>&#60;Chat&#62;</title>");
  expect(await (await fetch(`${endpoint}/_local/console/settings`)).json()).toEqual({
    token: `token for ${endpoint}`,
    subprotocol: "chat",
    requestId: "id",
    messageName: "kind",
    content: ["text"],
    links: { Guide: "/guide" },
    errorFrame: { status: "error" },
    progressFrame: { status: "progress" },
    messages,
  });
});

test("the page has a default title", async () => {
  const endpoint = await startConsole();
  expect(await (await fetch(`${endpoint}/`)).text()).toContain("<title>Local AWS</title>");
});

test("without the option, there is no page", async () => {
  const aws = createLocalAws();
  onTestFinished(() => aws.close());
  await aws.listen();
  for (const path of ["/", "/_local/console/settings", "/_local/trace"])
    expect((await fetch(aws.endpoint + path)).status).toBe(403);
});
