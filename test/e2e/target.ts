import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { bundleProcessorWith } from "../extra-actions.ts";
import type { StackOptions } from "../local-stack.ts";
import { startTestStack } from "../test-stack.ts";
import { DEFAULTS, waitUntilSteady } from "./steady.ts";

/** The stack under test: the one at `WEBSOCKET_URL`, or one on a new local AWS. */
export interface Target {
  readonly url: string;
  /** The local AWS. Throws if the stack is on AWS. */
  readonly local: TestLocalAws;
}

/** Whether the stack is on AWS. Tests that need the local AWS are skipped: `describe.skipIf(onAws)(…)`. */
export const onAws = process.env["WEBSOCKET_URL"] !== undefined;

/** Starts a local stack and adds a streaming action, because the application has none. */
async function startWithStreaming(options: TargetOptions): Promise<TestLocalAws> {
  const aws = await startTestStack(options);
  const code = await bundleProcessorWith(join(import.meta.dirname, "countdown.ts"));
  aws.replaceCode("processor", code);
  return aws;
}

/** The runtime of the functions on the local AWS. Default: as in `startLocalStack`. */
type TargetOptions = Pick<StackOptions, "runtime">;

/** Starts the target, or waits until it is steady, before the tests of a file. Stops it after them. */
export function useTarget(options: TargetOptions = {}): Target {
  let local: TestLocalAws | undefined;
  const deployed = process.env["WEBSOCKET_URL"];
  beforeAll(
    async () => {
      if (deployed !== undefined) await waitUntilSteady(deployed);
      else local = await startWithStreaming(options);
    },
    deployed === undefined ? undefined : 2 * DEFAULTS.deadline,
  );
  afterAll(async () => {
    await local?.close();
  });
  const running = () => {
    if (local === undefined) throw new Error("The target is on AWS, so there is no local AWS.");
    return local;
  };
  return {
    get url() {
      return deployed ?? running().webSocketUrl("production");
    },
    get local() {
      return running();
    },
  };
}
