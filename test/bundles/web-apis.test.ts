import { build } from "esbuild";
import { zipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import { startTestStack } from "../test-stack.ts";
import { runForTest, testContext } from "../../functions/processor/testing.ts";
import { bundleOptions } from "../../scripts/build/options.ts";
import { connect } from "../e2e/client.ts";
import { webApis } from "./web-apis.ts";

const ENTRY = `
  import { webApis } from "./web-apis.ts";
  import { actions } from "../../functions/processor/actions/index.ts";
  Object.assign(actions, { webApis });
  export { handler } from "../../functions/processor/index.ts";
`;

/** The processor with one more action, as `npm run build` bundles it. */
async function zipWithWebApis(): Promise<string> {
  const { outputFiles } = await build({
    ...bundleOptions,
    stdin: { contents: ENTRY, resolveDir: import.meta.dirname },
    sourcemap: false,
    write: false,
  });
  const zip = zipSync({ "index.js": outputFiles[0]?.contents ?? new Uint8Array() });
  return Buffer.from(zip).toString("base64");
}

test("an action uses Blob, ReadableStream, FormData and fetch in its bundle as in its unit test", async () => {
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
  aws.functionNamed("processor").zipFile = await zipWithWebApis();
  const client = await connect(aws.webSocketUrl("production"));
  expect(await client.ask(request)).toEqual(inUnitTest);
});
