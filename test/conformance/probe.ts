import { strToU8, zipSync } from "fflate";
import { onTestFinished } from "vitest";
import type { ClientOptions } from "ws";
import type { Clock, WrittenLogEvent } from "@websocket-lambda/local-aws";
import {
  type Api,
  deployedApi,
  type LambdaFunction,
  type TestLocalAws,
} from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { type Client, connect } from "../e2e/client.ts";
import type { Access, FunctionName } from "./access.ts";
import { accessToLocalAws } from "./local-access.ts";
import type { RawResponse, Credentials } from "./signed-request.ts";

/**
 * The code of both functions of a probe. It runs the JavaScript in `run`, from the query string of the
 * connect, from a message, or from the event of an Invoke. It logs the events of API Gateway unchanged.
 */
const CODE = `
const AsyncFunction = (async () => {}).constructor;
console.log("loaded");
const codeOf = ({ run, body, queryStringParameters }) => {
  if (body !== undefined) try { return JSON.parse(body).run; } catch { return undefined; }
  return run ?? queryStringParameters?.run;
};
exports.handler = async (event, context) => {
  if (event.requestContext?.connectionId) console.log(JSON.stringify(event));
  const code = codeOf(event);
  if (code === undefined) return { statusCode: 200 };
  return await new AsyncFunction("event", "context", code)(event, context);
};
`;

/**
 * The deployed stack with other code, and with additions for the checks:
 *
 * - the websocket-handler logs JSON; the processor logs text and has a timeout of one second;
 * - the API has a route `reply` with a route response, a route `quiet` without one, and a stage `other`;
 * - a second API has no `$connect` and no `$default`;
 * - a third API, `guarded`, has the websocket-handler as the authorizer of its `$connect`.
 */
export interface Probe {
  readonly aws: TestLocalAws;
  readonly access: Access;
  /** Connects to the first API, whose `$connect` runs the code. */
  connect(run?: string, options?: ClientOptions): Promise<Client>;
  /** Connects with the given query string. */
  connectTo(api: ProbeApi, query: string, options?: ClientOptions): Promise<Client>;
  /** The URL of one of the APIs. */
  url(api: ProbeApi): string;
  /** Invokes a function that runs the code. Returns the response of Lambda. */
  run(code: string, options?: RunOptions): Promise<RawResponse>;
  readonly lines: readonly WrittenLogEvent[];
  /** Waits for the first line that matches, which can already exist. */
  line(matches: (line: WrittenLogEvent) => boolean): Promise<WrittenLogEvent>;
  /** Waits for the first event of API Gateway that matches. */
  event(matches: (event: GatewayEvent) => boolean): Promise<GatewayEvent>;
  lambda(functionName: FunctionName): LambdaFunction;
  /** The temporary credentials of the websocket-handler's role. */
  roleCredentials(): Promise<Credentials>;
}

export type ProbeApi = keyof typeof API_IDS;

const API_IDS = { first: "websocket0", second: "websocket1", guarded: "websocket2" } as const;

export interface RunOptions {
  functionName?: FunctionName;
  headers?: Record<string, string>;
}

/** An event that API Gateway sends to a function. */
export interface GatewayEvent {
  headers?: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  queryStringParameters?: Record<string, string>;
  multiValueQueryStringParameters?: Record<string, string[]>;
  requestContext: Record<string, unknown>;
  body?: string;
}

/** Starts a separate probe for one test, and closes it after the test. */
export async function startOwnProbe(options: { clock?: Clock } = {}): Promise<Probe> {
  const probe = await startProbe(options);
  onTestFinished(() => probe.aws.close());
  return probe;
}

export async function startProbe(options: { clock?: Clock } = {}): Promise<Probe> {
  const aws = await startTestStack({ ...options });
  prepare(aws);
  const log = watch(aws);
  const access = accessToLocalAws(aws);
  const url = (api: ProbeApi) => aws.webSocketUrl("production", { apiName: API_IDS[api] });
  const run: Probe["run"] = (code, { functionName = "websocket-handler", headers } = {}) =>
    access.invoke(functionName, { run: code }, headers);

  return {
    aws,
    access,
    ...log,
    url,
    run,
    connectTo: (api, query, clientOptions) => connect(url(api) + query, clientOptions),
    connect: (code, clientOptions) => {
      const query = code === undefined ? "" : `?run=${encodeURIComponent(code)}`;
      return connect(url("first") + query, clientOptions);
    },
    lambda: (functionName) => functionOf(aws, functionName),
    async roleCredentials() {
      const { body } = await run(
        `const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = process.env;
        return { accessKeyId, secretAccessKey, sessionToken };`,
      );
      return JSON.parse(body);
    },
  };
}

function watch(aws: TestLocalAws): Pick<Probe, "lines" | "line" | "event"> {
  const lines: WrittenLogEvent[] = [];
  const waiting: {
    matches(line: WrittenLogEvent): boolean;
    resolve(line: WrittenLogEvent): void;
  }[] = [];
  aws.subscribe({
    log(line) {
      lines.push(line);
      for (const { matches, resolve } of waiting) if (matches(line)) resolve(line);
    },
  });
  const line: Probe["line"] = (matches) => {
    const found = lines.find(matches);
    if (found !== undefined) return Promise.resolve(found);
    return new Promise((resolve) => waiting.push({ matches, resolve }));
  };
  return {
    lines,
    line,
    async event(matches) {
      const { message } = await line((candidate) => {
        const event = gatewayEvent(candidate);
        return event !== undefined && matches(event);
      });
      return JSON.parse(JSON.parse(message).message);
    },
  };
}

function gatewayEvent({ message }: WrittenLogEvent): GatewayEvent | undefined {
  if (!message.includes("requestContext") || !message.startsWith("{")) return undefined;
  const { message: logged } = JSON.parse(message);
  return typeof logged === "string" && logged.startsWith("{") ? JSON.parse(logged) : undefined;
}

function functionOf({ state }: TestLocalAws, functionName: FunctionName): LambdaFunction {
  const found = state.regions["us-east-1"]?.lambda.functions[`websocket-lambda-${functionName}`];
  if (found === undefined) throw new Error(`The stack has no ${functionName}.`);
  return found;
}

function prepare(aws: TestLocalAws): void {
  const zipFile = Buffer.from(zipSync({ "index.js": strToU8(CODE) })).toString("base64");
  const handler = functionOf(aws, "websocket-handler");
  const processor = functionOf(aws, "processor");
  handler.zipFile = zipFile;
  processor.zipFile = zipFile;
  const { LogGroup } = processor.configuration.LoggingConfig;
  processor.configuration.LoggingConfig = { LogFormat: "Text", LogGroup };
  processor.configuration.Timeout = 1;
  for (const statement of Object.values(handler.policy))
    statement.Condition = { ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:*:*:*/*/*" } };
  extendApis(aws);
}

function extendApis({ state }: TestLocalAws): void {
  const apis = state.regions["us-east-1"]?.apigateway.apis;
  const first = apis?.["websocket0"];
  if (apis === undefined || first === undefined) throw new Error("The stack has no API.");
  const { "route-disconnect": disconnect } = first.routes;
  const production = first.stages["production"];
  if (disconnect === undefined || production === undefined)
    throw new Error("The stack has another API than it had.");
  const second: Api = { ...structuredClone(first), apiId: "websocket1", routes: { disconnect } };
  apis["websocket1"] = second;
  apis["websocket2"] = guarded(first);
  first.stages["other"] = { ...production, stageName: "other" };
  first.routes["quiet"] = { ...disconnect, routeId: "quiet", routeKey: "quiet" };
  first.routes["reply"] = {
    ...disconnect,
    routeId: "reply",
    routeKey: "reply",
    routeResponseSelectionExpression: "$default",
    routeResponses: { only: { routeResponseId: "only", routeResponseKey: "$default" } },
  };
  for (const api of Object.values(apis))
    for (const deployment of Object.values(api.deployments))
      Object.assign(deployment.api, deployedApi(api));
}

/** The same API, with its function as the authorizer of `$connect`. */
function guarded(first: Api): Api {
  const api: Api = { ...structuredClone(first), apiId: "websocket2" };
  const connect = api.routes["route-connect"];
  const [integration] = Object.values(api.integrations);
  if (connect === undefined || integration === undefined)
    throw new Error("The stack has another API than it had.");
  Object.assign(connect, { authorizationType: "CUSTOM", authorizerId: "guard" });
  api.authorizers["guard"] = {
    authorizerId: "guard",
    name: "guard",
    authorizerType: "REQUEST",
    authorizerUri: integration.integrationUri,
    identitySource: [],
  };
  return api;
}
