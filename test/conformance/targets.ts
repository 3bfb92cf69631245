import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll } from "vitest";
import { startTestStack } from "../test-stack.ts";
import { type Access, createAccess } from "./access.ts";
import type { Target } from "./behaviour.ts";
import { accessToLocalAws } from "./local-access.ts";
import { type Probe, startProbe } from "./probe.ts";

const WEBSOCKET_URL = process.env["WEBSOCKET_URL"];

/** Whether the behaviours are tried on the stack of `WEBSOCKET_URL`, with the credentials at hand. */
export const onAws = WEBSOCKET_URL !== undefined;

const PROJECT = process.env["WEBSOCKET_PROJECT"] ?? "websocket-lambda";

/** Starts the target before the tests of a file, and ends it after them. */
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
  const started = <Type>(part: Type | undefined): Type => {
    if (part === undefined) throw new Error("This part of the target isn't there in this run.");
    return part;
  };
  return {
    get stack() {
      return started(stack);
    },
    get probe() {
      return started(probe);
    },
  };
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
