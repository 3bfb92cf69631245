import type { ServerResponse } from "node:http";
import { beforeEach, expect, test, vi } from "vitest";
import { createManagementClient } from "./aws-clients.ts";
import { reply } from "./connection.ts";
import { success } from "./protocol.ts";
import { startRecordingServer, trickle } from "./testing.ts";

vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

let respond: (response: ServerResponse) => void = () => {};
const { endpoint, calls } = await startRecordingServer((_path, response) => respond(response));
const bodies = () => calls.map(({ body }) => body);
const management = createManagementClient(`${endpoint}/stage`);

const frame = success({ action: "echo", requestId: "r" }, "hello");
const respondWith = (...statuses: number[]) => {
  respond = (response) => void response.writeHead(statuses.shift() ?? 200).end();
};
beforeEach(() => {
  calls.length = 0;
});

test("a reply is delivered once", async () => {
  respondWith(200);
  expect(await reply(management, "c=", frame)).toBe("delivered");
  expect(bodies()).toEqual([JSON.stringify(frame)]);
});

test("a 410 without an error type means gone", async () => {
  respondWith(410);
  expect(await reply(management, "c=", frame)).toBe("gone");
});

test("after a 413 without an error type, RESULT_TOO_LARGE is posted", async () => {
  respondWith(413, 200);
  expect(await reply(management, "c=", frame)).toBe("too large");
  expect(bodies().map((body) => JSON.parse(body))).toEqual([
    frame,
    expect.objectContaining({
      error: { code: "RESULT_TOO_LARGE", message: "The reply is over 128 KB." },
      requestId: "r",
    }),
  ]);
});

test("the outcome is gone if the client disconnects before RESULT_TOO_LARGE is posted", async () => {
  respondWith(413, 410);
  expect(await reply(management, "c=", frame)).toBe("gone");
});

test("any other error status is thrown", async () => {
  respondWith(403);
  await expect(reply(management, "c=", frame)).rejects.toMatchObject({
    $metadata: { httpStatusCode: 403 },
  });
});

test("a post to an endpoint that never responds fails after three attempts, before the deadline", async () => {
  respond = () => {};
  const started = performance.now();
  await expect(reply(management, "c=", frame)).rejects.toMatchObject({ name: "TimeoutError" });
  expect(bodies()).toHaveLength(3);
  expect(performance.now() - started).toBeLessThan(5500);
});

test("a post whose response doesn't end fails at the deadline, without another attempt", async () => {
  respond = (response) => void trickle(response, 200);
  const started = performance.now();
  await expect(reply(management, "c=", frame)).rejects.toMatchObject({
    name: "DeadlineExceededError",
  });
  expect(performance.now() - started).toBeLessThan(6500);
  expect(bodies()).toHaveLength(1);
});
