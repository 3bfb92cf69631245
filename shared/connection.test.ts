import { createServer, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { createManagementClient } from "./aws-clients.ts";
import { reply } from "./connection.ts";
import { success } from "./protocol.ts";

vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

let bodies: string[] = [];
let answer = (response: ServerResponse) => void response.writeHead(200).end();
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  bodies.push(body);
  answer(response);
});
await once(server.listen(0, "127.0.0.1"), "listening");
afterAll(() => server.close());
const { port } = server.address() as AddressInfo;
const management = createManagementClient(`http://127.0.0.1:${port}/stage`);

const frame = success({ action: "echo", requestId: "r" }, "hello");
const statuses = (...codes: number[]) => {
  answer = (response) => void response.writeHead(codes.shift() ?? 200).end();
};
beforeEach(() => {
  bodies = [];
});

test("a reply is delivered once", async () => {
  statuses(200);
  expect(await reply(management, "c=", frame)).toBe("delivered");
  expect(bodies).toEqual([JSON.stringify(frame)]);
});

test("a bare 410, without an error type, means gone", async () => {
  statuses(410);
  expect(await reply(management, "c=", frame)).toBe("gone");
});

test("a bare 413 is followed by RESULT_TOO_LARGE", async () => {
  statuses(413, 200);
  expect(await reply(management, "c=", frame)).toBe("too large");
  expect(bodies.map((body) => JSON.parse(body))).toEqual([
    frame,
    expect.objectContaining({
      error: { code: "RESULT_TOO_LARGE", message: "The result is over 128 KB." },
      requestId: "r",
    }),
  ]);
});

test("a client that left while its result was refused is gone", async () => {
  statuses(413, 410);
  expect(await reply(management, "c=", frame)).toBe("gone");
});

test("any other refusal is thrown", async () => {
  statuses(403);
  await expect(reply(management, "c=", frame)).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
});

test("an endpoint that never answers is given up after three attempts", async () => {
  answer = () => {};
  await expect(reply(management, "c=", frame)).rejects.toMatchObject({ name: "TimeoutError" });
  expect(bodies).toHaveLength(3);
});
