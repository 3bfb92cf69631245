import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const moduleOf = (path: string) => JSON.stringify(import.meta.resolve(path));

/**
 * Prints whether the poller is loaded after a start with a queue, and after a mapping was resumed.
 */
const SCRIPT = `
import { registerHooks } from "node:module";

const loading = Promise.withResolvers();
let isLoaded = false;
registerHooks({
  load(url, context, next) {
    isLoaded ||= url.endsWith("/poller.ts");
    if (isLoaded) loading.resolve();
    return next(url, context);
  },
});
const { createTestLocalAws } = await import(${moduleOf("../../testing.ts")});
const { emptyState } = await import(${moduleOf("../../state.ts")});
const { addQueue, functionArn } = await import(${moduleOf("../api/testing.ts")});
const { regionOf } = await import(${moduleOf("../../state.ts")});

const state = emptyState();
const EventSourceArn = addQueue(state, "jobs");
const start = async () => {
  const aws = createTestLocalAws({ state });
  await aws.listen();
  return aws;
};
const mapping = { UUID: "a", EventSourceArn, FunctionArn: functionArn("worker"), Enabled: false };
regionOf(state, "us-east-1").lambda.eventSourceMappings.a = mapping;
await (await start()).close();
const before = isLoaded;
mapping.Enabled = true;
const aws = await start();
await loading.promise;
await aws.close();
console.log(JSON.stringify([before, isLoaded]));
`;

test("the poller is loaded only for an enabled mapping", async () => {
  const args = ["--input-type=module", "--eval", SCRIPT];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: import.meta.dirname,
  });
  expect(JSON.parse(stdout)).toEqual([false, true]);
});
