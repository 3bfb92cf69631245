import type { ServerResponse } from "node:http";
import { beforeEach, expect, test, vi } from "vitest";
import { createManagementClient } from "./aws-clients.ts";
import { reply } from "./connection.ts";
import { success } from "./protocol.ts";
import { startRecordingServer, trickle } from "./testing.ts";

vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

let answer: (response: ServerResponse) => void = () => {};
const { endpoint, calls } = await startRecordingServer((_path, response) => answer(response));
const bodies = () => calls.map(({ body }) => body);
const management = createManagementClient(`${endpoint}/stage`);

const frame = success({ action: "echo", requestId: "r" }, "hello");
const statuses = (...codes: number[]) => {
  answer = (response) => void response.writeHead(codes.shift() ?? 200).end();
};
beforeEach(() => {
  calls.length = 0;
});

test("a reply is delivered once", async () => {
  statuses(200);
  expect(await reply(management, "c=", frame)).toBe("delivered");
  expect(bodies()).toEqual([JSON.stringify(frame)]);
});

test("a bare 410, without an error type, means gone", async () => {
  statuses(410);
  expect(await reply(management, "c=", frame)).toBe("gone");
});

test("a bare 413 is followed by RESULT_TOO_LARGE", async () => {
  statuses(413, 200);
  expect(await reply(management, "c=", frame)).toBe("too large");
  expect(bodies().map((body) => JSON.parse(body))).toEqual([
    frame,
    expect.objectContaining({
      error: { code: "RESULT_TOO_LARGE", message: "The reply is over 128 KB." },
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

test("an endpoint that never answers is given up after three attempts, before the deadline", async () => {
  answer = () => {};
  const started = performance.now();
  await expect(reply(management, "c=", frame)).rejects.toMatchObject({ name: "TimeoutError" });
  expect(bodies()).toHaveLength(3);
  expect(performance.now() - started).toBeLessThan(5500);
});

test("a reply that isn't accepted by the deadline may have been delivered, and is thrown", async () => {
  answer = (response) => void trickle(response, 200);
  const started = performance.now();
  await expect(reply(management, "c=", frame)).rejects.toMatchObject({
    name: "DeadlineExceededError",
  });
  expect(performance.now() - started).toBeLessThan(6500);
  expect(bodies()).toHaveLength(1);
});
