import { beforeEach, expect, test, vi } from "vitest";
import { createLambdaClient } from "../../shared/aws-clients.ts";
import { startRecordingServer } from "../../shared/testing.ts";
import { createProcessorInvoker } from "./invoke-processor.ts";

const invocationTypes: unknown[] = [];
const { endpoint, calls } = await startRecordingServer((_path, response) => {
  invocationTypes.push(response.req.headers["x-amz-invocation-type"]);
  response.writeHead(202).end();
});
vi.stubEnv("AWS_ENDPOINT_URL", endpoint);
vi.stubEnv("AWS_REGION", "us-east-1");
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
const invokeProcessor = createProcessorInvoker(createLambdaClient(), "the-processor");

beforeEach(() => {
  calls.length = invocationTypes.length = 0;
});

const job = { connectionId: "c=", requestId: "mine", action: "echo", data: "" };

test("the processor is invoked asynchronously", async () => {
  await invokeProcessor(job);
  expect(calls.map(({ body }) => JSON.parse(body))).toEqual([job]);
  expect(invocationTypes).toEqual(["Event"]);
});

test("a job of 256,000 bytes is sent to the processor, and a larger one is rejected", async () => {
  const rest = 256_000 - JSON.stringify(job).length;
  const largest = { ...job, data: `é${"x".repeat(rest - 2)}` };
  await invokeProcessor(largest);
  expect(calls.map(({ body }) => Buffer.byteLength(body))).toEqual([256_000]);
  const larger = { ...largest, data: `${largest.data}x` };
  await expect(invokeProcessor(larger)).rejects.toMatchObject({
    name: "RejectedMessage",
    code: "INVALID_REQUEST",
    received: larger,
  });
  expect(calls).toHaveLength(1);
});
