import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll } from "vitest";
import { type Clock, systemClock } from "../clock.ts";
import type { AwsRequest } from "../protocols/operation.ts";
import { awsRequest, callJson } from "../protocols/testing.ts";
import type { Hooks } from "../hooks.ts";
import { createIam } from "../iam/index.ts";
import { createManualClock } from "../manual-clock.ts";
import { createLogs, type WrittenLogEvent } from "../logs/index.ts";
import { createSqs } from "../sqs/index.ts";
import { emptyState, regionOf, type State } from "../state.ts";
import { addRole } from "../iam/testing.ts";
import { addQueue, ROLE_ARN } from "./api/testing.ts";
import { createLambda, type LambdaOptions } from "./index.ts";
import { startProcessWatcher } from "./environment/process-watcher.ts";
import type { SchedulingOptions } from "./environment/scheduling.ts";
import type { FunctionConfiguration, LambdaFunction } from "./state.ts";

export const REGION = "us-east-1";

type Options = Partial<
  Pick<
    LambdaOptions,
    "scheduling" | "initTimeout" | "accountConcurrency" | "spareProcesses" | "timing" | "random"
  >
> & { clock?: Clock };

/** The response that the invoker gets. */
export interface InvokeResponse {
  status: number;
  headers: Record<string, string>;
  /** The payload, parsed as JSON. */
  payload: unknown;
  requestId: string;
  /** The log tail, if it was requested. */
  tail: string;
}

export type TestLambda = Awaited<ReturnType<typeof startLambda>>;

/**
 * One environment of each function works at a time, on a machine of any speed: an invocation never counts as
 * blocked, however long its process takes.
 */
export const oneAtATime = (): SchedulingOptions => ({ capacity: 1, clock: createManualClock() });

/** Starts Lambda with real processes and the services that it needs. */
export async function startLambda({
  clock = systemClock,
  scheduling = { capacity: 4 },
  ...limits
}: Options = {}) {
  const workDirectory = await mkdtemp(join(tmpdir(), "lambda-test-"));
  const state = stateWithRole();
  const endpoint = () => "http://localhost:1";
  const iam = createIam({ state, clock });
  const events: WrittenLogEvent[] = [];
  const listeners = new Set<() => void>();
  const hooks: Hooks = {
    emit(_traceHeader, event) {
      if (event.type !== "log") return;
      events.push(event);
      for (const tell of listeners) tell();
    },
  };
  const logs = createLogs({ state, clock, iam, hooks });
  const sqs = createSqs({ state, clock, iam, endpoint });
  const processWatcher = startProcessWatcher(workDirectory);
  const base = { state, clock, iam, logs, sqs, endpoint, workDirectory, processWatcher };
  const lambda = createLambda({ ...base, scheduling, ...limits });

  const eventsOf = (name: string) =>
    events.filter(({ logGroupName }) => logGroupName === `/aws/lambda/${name}`);
  const messages = (name: string) => eventsOf(name).map(({ message }) => message);

  let requests = 0;
  const request = (name: string, event: unknown, headers: Record<string, string> = {}) =>
    awsRequest({
      path: `/2015-03-31/functions/${name}/invocations`,
      headers,
      body: Buffer.from(event === undefined ? "" : JSON.stringify(event)),
      requestId: `00000000-0000-4000-8000-${String(++requests).padStart(12, "0")}`,
    });
  const send = async (sent: AwsRequest): Promise<InvokeResponse> => {
    const { status, headers = {}, body = "" } = await lambda.service(sent);
    const payload: unknown = String(body) === "" ? undefined : JSON.parse(String(body));
    const tail = Buffer.from(headers["X-Amz-Log-Result"] ?? "", "base64").toString();
    return { status, headers, payload, requestId: sent.requestId, tail };
  };

  return {
    ...base,
    lambda,
    define: (name: string, source: Source, configuration: Partial<FunctionConfiguration> = {}) =>
      addFunction(state, name, source, configuration),
    request,
    send,
    /** Invokes synchronously, with the tail of the log. */
    invoke: (name: string, event?: unknown) =>
      send(request(name, event, { "x-amz-log-type": "Tail" })),
    invokeAsync: (name: string, event?: unknown) =>
      send(request(name, event, { "x-amz-invocation-type": "Event" })),
    eventsOf,
    messages,
    /** Resolves with the first message of a function's log that matches. */
    async logged(name: string, pattern: RegExp): Promise<string> {
      for (;;) {
        const found = messages(name).find((message) => pattern.test(message));
        if (found !== undefined) return found;
        const { promise, resolve } = Promise.withResolvers<void>();
        listeners.add(resolve);
        await promise;
        listeners.delete(resolve);
      }
    },
    addQueue: (name: string) => addQueue(state, name),
    /** Receives all visible messages of a queue. */
    async received(name: string): Promise<ReceivedMessage[]> {
      const { output } = await callJson(sqs.service, "AmazonSQS.ReceiveMessage", {
        QueueUrl: `${endpoint()}/${state.accountId}/${name}`,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ["All"],
      });
      return (output as { Messages?: ReceivedMessage[] }).Messages ?? [];
    },
    allow: (actions: string[]) => allow(state, actions),
    async [Symbol.asyncDispose]() {
      await lambda.close();
      await processWatcher.close();
    },
  };
}

export interface ReceivedMessage {
  Body: string;
  MessageAttributes?: Record<string, { DataType: string; StringValue: string }>;
}

/** Options of `expect.poll` with enough time for a busy machine. */
export const PATIENTLY = { timeout: 30_000, interval: 5 };

/** Starts one Lambda for all tests of a file. */
export function useLambda(options: Options = {}): () => TestLambda {
  let lambda: TestLambda | undefined;
  beforeAll(async () => {
    lambda = await startLambda(options);
  });
  afterAll(async () => {
    await lambda?.[Symbol.asyncDispose]();
  });
  return () => {
    if (lambda === undefined) throw new Error("Lambda has not been started before the tests.");
    return lambda;
  };
}

/** Returns a state with a role for functions. */
export function stateWithRole(): State {
  const state = emptyState();
  addRole(state, "function", "lambda.amazonaws.com");
  allow(state, ["logs:*", "sqs:*", "lambda:*"]);
  return state;
}

/** Replaces the policy of the role: it allows these actions on all resources. */
function allow(state: State, actions: string[]): void {
  const Statement = [{ Effect: "Allow", Action: actions, Resource: "*" }];
  const role = state.iam.roles["function"];
  if (role !== undefined)
    role.policies["test"] = JSON.stringify({ Version: "2012-10-17", Statement });
}

/** Files by name. A string is the content of `index.js`. */
type Source = string | Record<string, string>;

/** Adds a function and its log group. */
export function addFunction(
  state: State,
  name: string,
  source: Source,
  configuration: Partial<FunctionConfiguration> = {},
): LambdaFunction {
  const files = typeof source === "string" ? { "index.js": source } : source;
  const { lambda, logs } = regionOf(state, REGION);
  const created = newFunction(name, files, configuration);
  lambda.functions[name] = created;
  const logGroupName = `/aws/lambda/${name}`;
  logs.groups[logGroupName] ??= {
    logGroupName,
    arn: `arn:aws:logs:${REGION}:${state.accountId}:log-group:${logGroupName}:*`,
    creationTime: 0,
    tags: {},
    metricFilters: {},
  };
  return created;
}

export const zipOf = (files: Record<string, string>): string =>
  Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
  ).toString("base64");

const newFunction = (
  name: string,
  files: Record<string, string>,
  configuration: Partial<FunctionConfiguration>,
): LambdaFunction => ({
  configuration: {
    FunctionName: name,
    FunctionArn: `arn:aws:lambda:${REGION}:000000000000:function:${name}`,
    Runtime: "nodejs22.x",
    Role: ROLE_ARN,
    Handler: "index.handler",
    Description: "",
    Timeout: 10,
    MemorySize: 256,
    Architectures: ["arm64"],
    LoggingConfig: { LogFormat: "Text", LogGroup: `/aws/lambda/${name}` },
    TracingConfig: { Mode: "PassThrough" },
    EphemeralStorage: { Size: 512 },
    LastModified: "2026-01-01T00:00:00.000+0000",
    RevisionId: "00000000-0000-4000-8000-000000000000",
    ...configuration,
  },
  zipFile: zipOf(files),
  layers: [],
  policy: {},
  tags: {},
});

/** Settings for JSON logs of a level, in the group that `define` creates. */
export const jsonLogs = (
  name: string,
  SystemLogLevel: "DEBUG" | "INFO" | "WARN" = "INFO",
): Pick<FunctionConfiguration, "LoggingConfig"> => ({
  LoggingConfig: {
    LogFormat: "JSON",
    LogGroup: `/aws/lambda/${name}`,
    ApplicationLogLevel: "INFO",
    SystemLogLevel,
  },
});

/** Replaces the parts of a log message that differ from run to run with placeholders. */
export const withoutTimes = (message: string): string =>
  message
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "{time}")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "{id}")
    .replace(/\d+(\.\d+)? ms/g, "{n} ms")
    .replace(/Max Memory Used: \d+/g, "Max Memory Used: {n}");
