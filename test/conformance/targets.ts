import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll } from "vitest";
import { startTestStack } from "../test-stack.ts";
import { type Access, createAccess } from "./access.ts";
import { createAccount } from "./account.ts";
import type { Target } from "./behavior.ts";
import { accessToLocalAws } from "./local-access.ts";
import { type Probe, startProbe } from "./probe.ts";

const WEBSOCKET_URL = process.env["WEBSOCKET_URL"];

/** Whether the behaviors run on the stack of `WEBSOCKET_URL`, with the credentials of the environment. */
export const onAws = WEBSOCKET_URL !== undefined;

const PROJECT = process.env["WEBSOCKET_PROJECT"] ?? "websocket-lambda";

/**
 * Starts the stack and the probe before the tests of a file, and closes them after the tests. The
 * account starts with its first request.
 */
export function useTargets(): Target {
  let stack: Access | undefined;
  let probe: Probe | undefined;
  const running = new Set<{ close(): Promise<void> }>();

  beforeAll(async () => {
    if (WEBSOCKET_URL !== undefined) {
      stack = await accessToAws(WEBSOCKET_URL);
      return;
    }
    const aws = await startTestStack();
    running.add(aws);
    stack = accessToLocalAws(aws);
    probe = await startProbe();
    running.add(probe.aws);
  });
  afterAll(async () => {
    await Promise.all(Array.from(running, (aws) => aws.close()));
  });
  return {
    get stack() {
      return available(stack, "stack");
    },
    get probe() {
      return available(probe, "probe");
    },
    account: useAccount().account,
  };
}

/** Target of rows that need only SDK clients. There is no stack and no probe. */
export function useAccount(): Target {
  const account = createAccount();
  afterAll(account.close);
  return {
    get stack() {
      return available<Access>(undefined, "stack");
    },
    get probe() {
      return available<Probe>(undefined, "probe");
    },
    account,
  };
}

function available<Type>(part: Type | undefined, name: string): Type {
  if (part === undefined)
    throw new Error(`This run has no ${name}. Move the row to a table that has one: tables.ts`);
  return part;
}

/** The API's URL names its region; a local AWS of `npm start` is known by `AWS_ENDPOINT_URL`. */
async function accessToAws(url: string): Promise<Access> {
  const named = /\.execute-api\.([\w-]+)\./.exec(url)?.[1];
  const logs = new CloudWatchLogsClient(named === undefined ? {} : { region: named });
  const region = await logs.config.region();
  return createAccess({
    url,
    project: PROJECT,
    lambda: process.env["AWS_ENDPOINT_URL"] ?? `https://lambda.${region}.amazonaws.com`,
    logs,
    region,
    patience: { timeout: 90_000, interval: 1000 },
  });
}
