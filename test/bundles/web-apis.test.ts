import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { bundleProcessorWith } from "../extra-actions.ts";
import { startTestStack } from "../test-stack.ts";
import { runForTest, testContext } from "../../functions/processor/testing.ts";
import { connect } from "../e2e/client.ts";
import { webApis } from "./web-apis.ts";

test("an action can use Blob, ReadableStream, FormData and fetch in its bundle as in its unit test", async () => {
  const request = { action: "webApis", data: { text: "hello" }, requestId: "mine" };
  const { action, data, requestId } = request;
  const context = testContext({ requestId });
  const { reply: inUnitTest } = await runForTest({ webApis }, action, data, context);
  expect(inUnitTest).toMatchObject({
    result: {
      blob: "hello",
      stream: ["hello"],
      file: ["a.txt", "text/plain", "hello"],
      fetched: "hello",
      body: "hello",
      blobs: [true, true, false, false],
      streams: [false, false, true, false],
      types: ["function", "function", "function"],
    },
  });

  const aws = await startTestStack();
  onTestFinished(() => aws.close());
  aws.replaceCode("processor", await bundleProcessorWith(join(import.meta.dirname, "web-apis.ts")));
  const client = await connect(aws.webSocketUrl("production"));
  expect(await client.ask(request)).toEqual(inUnitTest);
});
