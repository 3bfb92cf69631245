import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import type { TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { bundleProcessorWith } from "../extra-actions.ts";
import type { StackOptions } from "../local-stack.ts";
import { startTestStack } from "../test-stack.ts";
import { PATIENCE, untilSteady } from "./steady.ts";

/** What the suite runs against: a stack on AWS with `WEBSOCKET_URL` set, else one of its own here. */
export interface Target {
  readonly url: string;
  /** The local AWS, for what only it can show. */
  readonly local: TestLocalAws;
}

/** What can be seen from the inside only is skipped by name: `describe.skipIf(onAws)(…)`. */
export const onAws = process.env["WEBSOCKET_URL"] !== undefined;

/** Starts a stack of its own, with one streaming action, for the application has none. */
async function startWithStreaming(options: TargetOptions): Promise<TestLocalAws> {
  const aws = await startTestStack(options);
  const code = await bundleProcessorWith(join(import.meta.dirname, "countdown.ts"));
  aws.replaceCode("processor", code);
  return aws;
}

/** `runtime`: of the functions on the local AWS. Default: as in `startLocalStack`. */
type TargetOptions = Pick<StackOptions, "runtime">;

/** Starts the target before the tests of a file, or waits for it, and ends it after them. */
export function useTarget(options: TargetOptions = {}): Target {
  let local: TestLocalAws | undefined;
  const deployed = process.env["WEBSOCKET_URL"];
  beforeAll(
    async () => {
      if (deployed !== undefined) await untilSteady(deployed);
      else local = await startWithStreaming(options);
    },
    deployed === undefined ? undefined : 2 * PATIENCE.deadline,
  );
  afterAll(async () => {
    await local?.close();
  });
  const running = () => {
    if (local === undefined) throw new Error("There is no local AWS in this run.");
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
