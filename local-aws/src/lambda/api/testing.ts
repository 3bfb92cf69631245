import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { createManualClock } from "../../manual-clock.ts";
import { addRole, permissiveIam } from "../../iam/testing.ts";
import { serve } from "../../server/testing.ts";
import { sessionOf } from "../../iam/sessions.ts";
import type { Iam } from "../../iam/index.ts";
import { arnOf, createFunctions } from "../functions.ts";
import { createDelayedSettings } from "../delayed-settings.ts";
import { createFunctionChanges } from "../function-changes.ts";
import { timingNamed } from "../../timing.ts";
import { emptyState, regionOf, type State } from "../../state.ts";
import type { LambdaFunction } from "../state.ts";
import { createLambdaApi } from "./index.ts";

export const zip = zipSync({ "index.mjs": strToU8("export const handler = async () => {};") });

export const ROLE_ARN = "arn:aws:iam::000000000000:role/function";

export const functionArn = (name: string) =>
  `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

/** Starts a real server with Lambda's API, and creates an SDK client for it. */
export async function serveLambdaApi({
  accountConcurrency = 1000,
  timing = timingNamed("short"),
} = {}) {
  const state = emptyState();
  const iam: Iam = { ...permissiveIam, sessionOf };
  const changed: string[] = [];
  const clock = createManualClock(Date.UTC(2026, 0, 2, 3, 4, 5, 678));
  const service = createLambdaApi({
    state,
    functions: createFunctions(state),
    clock,
    iam,
    accountConcurrency,
    settings: createDelayedSettings({ clock, timing }),
    changes: createFunctionChanges({
      clock,
      duration: timing.functionChange,
      onComplete: (target) => changed.push(`${placeOf(target)} changed`),
    }),
    onDelete: (target) => changed.push(`${placeOf(target)} deleted`),
  });
  const server = await serve(service);
  const client = new LambdaClient({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  });
  addRole(state, "function", "lambda.amazonaws.com");
  return {
    state,
    iam,
    clock,
    changed,
    client,
    endpoint: server.endpoint,
    create: (input: Partial<CreateFunctionCommandInput> = {}) =>
      client.send(new CreateFunctionCommand({ ...minimal, ...input })),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server[Symbol.asyncDispose]();
    },
  };
}

const placeOf = ({ configuration }: LambdaFunction) =>
  `${arnOf(configuration).region} ${configuration.FunctionName}`;

const minimal: CreateFunctionCommandInput = {
  FunctionName: "processor",
  Role: ROLE_ARN,
  Runtime: "nodejs22.x",
  Handler: "index.handler",
  Code: { ZipFile: zip },
};

export function addQueue(state: State, name: string): string {
  const QueueArn = `arn:aws:sqs:us-east-1:000000000000:${name}`;
  regionOf(state, "us-east-1").sqs.queues[name] = {
    QueueName: name,
    QueueArn,
    attributes: {},
    CreatedTimestamp: 0,
    LastModifiedTimestamp: 0,
    tags: {},
  };
  return QueueArn;
}
