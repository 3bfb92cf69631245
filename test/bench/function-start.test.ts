import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { JOB, messageEvent } from "./events.ts";
import { createFunctionFiles, type FunctionFiles } from "./function-files.ts";
import { startFunction } from "./function-start.ts";
import { functionVariables, startStubAws, type StubAws } from "./stub-aws.ts";

let files: FunctionFiles;
let stub: StubAws;
beforeAll(async () => {
  files = await createFunctionFiles();
  stub = await startStubAws();
});
afterAll(async () => {
  stub.close();
  await files.remove();
});

const EVENTS = { "websocket-handler": messageEvent(), processor: JOB };

test.each(Object.entries(EVENTS))("%s handles its event, cold and warm", async (name, event) => {
  const file = await files.bundle(name);
  const env = functionVariables(stub.endpoint);
  const starter = await files.compile("start-function.ts");
  expect(await startFunction(starter, file, event, env)).toEqual({
    import: expect.any(Number),
    firstCall: expect.any(Number),
    all: expect.any(Number),
    cpu: expect.any(Number),
  });
  const caller = await files.compile("warm-calls.ts");
  const callee = [file, JSON.stringify(event)];
  const args = [caller, "1", "1", ...callee, ...callee];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env });
  expect(JSON.parse(stdout)).toEqual([[expect.any(Number), expect.any(Number)]]);
});
