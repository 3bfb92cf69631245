import { expect, test, vi } from "vitest";
import { createManagementClient } from "../../shared/aws-clients.ts";
import { startRecordingServer } from "../../shared/testing.ts";
import type { MessageEvent } from "./events.ts";
import { createMessageHandler } from "./message.ts";

vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

const { endpoint, calls } = await startRecordingServer((_path, response) => void response.end());
const management = createManagementClient(endpoint);

/** Returns a new event each time, because middy replaces its body by the parsed message. */
const createEvent = (): unknown => ({
  requestContext: { connectionId: "c=", requestId: "gateway", routeKey: "$default" },
  body: '{"action":"echo"}',
  isBase64Encoded: false,
});
const parser = "@middy/http-json-body-parser";

test.for<[string, unknown]>([
  ["an error", new Error("ours")],
  ["an error with a text as its cause", new Error("ours", { cause: parser })],
  ["an error with null as its cause", new Error("ours", { cause: null })],
  ["an error with another cause", new Error("ours", { cause: new Error("why") })],
  ["an error of another package", new Error("ours", { cause: { package: "@middy/core" } })],
  ["an object that looks like an error of the parser", { cause: { package: parser, data: "key" } }],
])("%s is rethrown, and nothing is posted", async ([, thrown]) => {
  const handleMessage = createMessageHandler(() => Promise.reject(thrown), management);
  const context = {} as Parameters<typeof handleMessage>[1];
  await expect(handleMessage(createEvent() as MessageEvent, context)).rejects.toBe(thrown);
  expect(calls).toEqual([]);
});
