import { once } from "node:events";
import { request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { administrator } from "../protocols/testing.ts";
import { createAwsServer } from "./server.ts";

const DOMAIN = "chat.example.com";

/** Starts a server with a page and two services, whose requests are signed for one of them. */
async function start(service: string) {
  const served = (name: string) => () => Promise.resolve({ status: 200, body: name });
  const server = createAwsServer({
    iam: {
      authenticate: () => Promise.resolve({ caller: administrator, service, region: "us-east-1" }),
    },
    services: { "execute-api": served("execute-api"), lambda: served("lambda") },
    pages: { "/": (_, response) => void response.end("page") },
    isApiHost: (host) => host === DOMAIN,
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    async get(host: string): Promise<{ status: number | undefined; body: string }> {
      const sent = request({ port, host: "127.0.0.1", headers: { host } }).end();
      const [response] = await once(sent, "response");
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      return { status: response.statusCode, body: Buffer.concat(chunks).toString() };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await once(server.close(), "close");
    },
  };
}

test("a custom domain name has no pages, so the request goes to execute-api", async () => {
  await using server = await start("execute-api");
  expect(await server.get("localhost")).toMatchObject({ body: "page" });
  expect(await server.get(DOMAIN)).toEqual({ status: 200, body: "execute-api" });
});

test("a custom domain name has no other service", async () => {
  await using server = await start("lambda");
  const { status, body } = await server.get(DOMAIN);
  expect(status).toBe(403);
  expect(body).toContain("Credential should be scoped to correct service: 'execute-api'.");
});

test("the name of any other site gets no response", async () => {
  await using server = await start("execute-api");
  await expect(server.get(`evil.${DOMAIN}`)).rejects.toThrow("socket hang up");
});
