import { beforeEach, expect, test, vi } from "vitest";
import { createLambdaClient } from "../../shared/aws-clients.ts";
import { startRecordingServer } from "../../shared/testing.ts";
import { createHandOver } from "./hand-over.ts";

const invocationTypes: unknown[] = [];
const { endpoint, calls } = await startRecordingServer((_path, response) => {
  invocationTypes.push(response.req.headers["x-amz-invocation-type"]);
  response.writeHead(202).end();
});
vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
const handOver = createHandOver(createLambdaClient(), "the-processor");

beforeEach(() => {
  calls.length = invocationTypes.length = 0;
});

const job = { connectionId: "c=", requestId: "mine", action: "echo", data: "" };

test("a job is handed over as an asynchronous invocation", async () => {
  await handOver(job);
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual([job]);
  expect(invocationTypes).toEqual(["Event"]);
});

test("a job of 256,000 bytes is handed over, and a byte more is rejected", async () => {
  const rest = 256_000 - JSON.stringify(job).length;
  const largest = { ...job, data: `é${"x".repeat(rest - 2)}` };
  await handOver(largest);
  expect(calls.map(({ body }) => Buffer.byteLength(body))).toEqual([256_000]);
  const larger = { ...largest, data: `${largest.data}x` };
  await expect(handOver(larger)).rejects.toMatchObject({
    name: "RejectedMessage",
    code: "INVALID_REQUEST",
    received: larger,
  });
  expect(calls).toHaveLength(1);
});
