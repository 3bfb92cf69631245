import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { SQS } from "@aws-sdk/client-sqs";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { redeploy } from "./apigateway/testing.ts";
import WebSocket from "ws";
import type { Api } from "./apigateway/state.ts";
import {
  API_ID,
  addRouteResponse,
  createTestApi,
  createTestDomain,
} from "./execute-api/testing-api.ts";
import { FUNCTION_ARN } from "./execute-api/testing-lambda.ts";
import type { TracedMessage } from "./index.ts";
import { addQueue } from "./lambda/api/testing.ts";
import type { EventSourceMapping } from "./lambda/state.ts";
import { addFunction, REGION, stateWithRole, zipOf } from "./lambda/testing.ts";
import { createLocalAws, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
import type { WrittenLogEvent } from "./logs/index.ts";
import { createManualClock } from "./manual-clock.ts";
import { regionOf } from "./state.ts";
import { createTestLocalAws } from "./testing.ts";

const replying = (text: string) =>
  `exports.handler = async () => ({ statusCode: 200, body: ${JSON.stringify(text)} });`;
const zip = (text: string) => Buffer.from(zipOf({ "index.js": replying(text) }), "base64");

/** Returns the resources of an API named `chat`, whose only function replies to each message. */
function chat() {
  const state = stateWithRole();
  const { api } = createTestApi();
  addRouteResponse(api, "$default");
  regionOf(state, REGION).apigateway.apis[API_ID] = withRandomIds(api);
  const queryDefinitionId = randomUUID();
  regionOf(state, REGION).logs.queryDefinitions[queryDefinitionId] = {
    queryDefinitionId,
    name: "chat/errors",
    queryString: "limit 20",
    logGroupNames: [],
    lastModified: Date.now(),
  };
  addFunction(state, "chat", replying("first")).policy["api"] = {
    Sid: "api",
    Effect: "Allow",
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: FUNCTION_ARN,
  };
  return state;
}

/** Replaces the IDs with random ones, as API Gateway creates them, that occur in no other text. */
function withRandomIds(api: Api): Api {
  const id = () => randomBytes(4).toString("hex");
  const [integration] = Object.values(api.integrations);
  if (integration === undefined) throw new Error("The API has no integration.");
  const integrationId = id();
  const routes = Object.values(api.routes).map((route) => {
    const routeId = id();
    return [routeId, { ...route, routeId, target: `integrations/${integrationId}` }];
  });
  const renamed = {
    ...api,
    integrations: { [integrationId]: { ...integration, integrationId } },
    routes: Object.fromEntries(routes),
  };
  redeploy(renamed);
  return renamed;
}

/** Returns the snapshot of these resources. */
async function chatSnapshot(): Promise<string> {
  await using aws = createTestLocalAws({ state: chat() });
  await aws.listen();
  return aws.snapshot();
}

async function listening(options: LocalAwsOptions): Promise<LocalAws> {
  const aws = createLocalAws(options);
  onTestFinished(() => aws.close());
  await aws.listen();
  return aws;
}

async function open(aws: LocalAws) {
  const socket = new WebSocket(aws.webSocketUrl("test"));
  await once(socket, "open");
  return {
    async ask(text: string): Promise<string> {
      socket.send(text);
      const [reply] = await once(socket, "message");
      return String(reply);
    },
  };
}

test("a snapshot and the zip files of its functions recreate the stack", async () => {
  const snapshot = await chatSnapshot();
  expect(snapshot).not.toContain(API_ID);
  expect(snapshot).not.toContain("zipFile");
  const aws = await listening({ snapshot, functions: { chat: zip("first") } });
  expect(aws.webSocketUrl("test")).toBe(
    `${aws.endpoint.replace("http", "ws")}/_aws/execute-api/websocket0/test`,
  );
  expect(await (await open(aws)).ask("hello")).toBe("first");
  expect(aws.snapshot()).toBe(snapshot);
});

test("snapshots of the same resources are identical", async () => {
  expect(await chatSnapshot()).toBe(await chatSnapshot());
});

test("a snapshot of an earlier version, without members that were added later, can be started", async () => {
  const current = JSON.parse(await chatSnapshot());
  current.regions[REGION].logs.queryDefinitions = {};
  const added = [
    "domainNames",
    "eventSourceMappings",
    "integrationResponses",
    "layers",
    "models",
    "queryDefinitions",
  ];
  const snapshot = JSON.stringify(current, (name, value) => {
    // The copy of an API in a deployment.
    const isCopy = name === "api" && Object.hasOwn(value, "routes");
    return isCopy || added.includes(name) ? undefined : value;
  });
  const aws = await listening({ snapshot, functions: { chat: zip("first") } });
  expect(JSON.parse(aws.snapshot())).toEqual(current);
});

test("a snapshot contains event source mappings, and a local AWS that starts from it polls for them", async () => {
  const state = chat();
  const EventSourceArn = addQueue(state, "jobs");
  const mapping: EventSourceMapping = {
    UUID: "3f0e6a0c-8c5a-4a4e-9d0b-1a2b3c4d5e6f",
    EventSourceArn,
    FunctionArn: FUNCTION_ARN,
    Enabled: true,
    BatchSize: 10,
    MaximumBatchingWindowInSeconds: 0,
    FunctionResponseTypes: [],
    LastModified: 1,
    tags: {},
  };
  regionOf(state, REGION).lambda.eventSourceMappings = { [mapping.UUID]: mapping };
  await using first = createTestLocalAws({ state });
  await first.listen();
  const snapshot = first.snapshot();
  expect(snapshot).not.toContain(mapping.UUID);

  const aws = await listening({ snapshot, functions: { chat: zip("first") } });
  const invoked = Promise.withResolvers<void>();
  aws.subscribe({ event: ({ event }) => event.type === "function-end" && invoked.resolve() });
  const { endpoint } = aws;
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = new SQS({ endpoint, region: REGION, credentials });
  await sqs.sendMessage({ QueueUrl: "jobs", MessageBody: "hello" });
  await invoked.promise;
  expect(aws.snapshot()).toBe(snapshot);
});

test("a snapshot with layers is refused, because it does not contain their content", async () => {
  const state = chat();
  const chatFunction = regionOf(state, REGION).lambda.functions["chat"];
  const Arn = `arn:aws:lambda:${REGION}:000000000000:layer:deleted:1`;
  const zipFile = zip("layer").toString("base64");
  const version = { Version: 1, Description: "", CreatedDate: "", zipFile };
  regionOf(state, REGION).lambda.layers = {
    tools: {
      lastVersion: 1,
      versions: [{ ...version, code: { CodeSize: 1, CodeSha256: "" } }],
    },
    empty: { lastVersion: 1, versions: [] },
  };
  if (chatFunction === undefined) throw new Error("The state has no function.");
  chatFunction.configuration.Layers = [{ Arn, CodeSize: 1 }];
  chatFunction.layers = [zipFile];
  await using aws = createTestLocalAws({ state });
  await aws.listen();
  const snapshot = aws.snapshot();
  expect(snapshot).not.toContain(zipFile);
  expect(() => createLocalAws({ snapshot, functions: { chat: zip("first") } })).toThrow(
    "The snapshot has layers, and a snapshot does not contain their content: tools, deleted. Start the local AWS without the snapshot, and apply the Terraform configuration again.",
  );
});

test("a snapshot contains custom domain names with stable IDs", async () => {
  const state = chat();
  const domain = createTestDomain("chat.example.com", { orders: "test" });
  domain.apiGatewayDomainName = "d-0123456789.execute-api.us-east-1.localhost";
  regionOf(state, REGION).apigateway.domainNames = { [domain.domainName]: domain };
  await using aws = createTestLocalAws({ state });
  await aws.listen();
  const snapshot = aws.snapshot();
  expect(snapshot).not.toMatch(/d-0123456789|mapping0/);
  const other = await listening({ snapshot, functions: { chat: zip("first") } });
  expect(other.snapshot()).toBe(snapshot);
  const url = `${other.endpoint.replace("http", "ws")}/_aws/execute-api/chat.example.com/orders`;
  const [refusal] = await once(
    new WebSocket(`${url}/other`).on("error", () => {}),
    "error",
  );
  expect(String(refusal)).toContain("403");
  await once(new WebSocket(url), "open");
});

test("every ARN of a stack has the account of the local AWS", async () => {
  const snapshot = await chatSnapshot();
  const functions = { chat: zip("first") };
  const aws = await listening({ snapshot, functions, accountId: "111122223333" });
  expect(aws.accountId).toBe("111122223333");
  expect(aws.snapshot()).toBe(snapshot.replaceAll(/(?<!-)0{12}/g, "111122223333"));
  // Without the option, the account is that of the snapshot.
  const other = await listening({ snapshot: aws.snapshot(), functions });
  expect(other.accountId).toBe("111122223333");
  expect(await (await open(other)).ask("hello")).toBe("first");
});

test("an invalid snapshot is an error at once", async () => {
  const snapshot = await chatSnapshot();
  expect(() => createLocalAws({ snapshot })).toThrow(
    "The snapshot has functions without a zip file: chat.",
  );
  expect(() => createLocalAws({ snapshot: "{" })).toThrow("The snapshot is not valid JSON:");
  for (const other of ["{}", "null", "[]"])
    expect(() => createLocalAws({ snapshot: other })).toThrow("This JSON is not a snapshot:");
  const functions = { chat: zip("first") };
  expect(() =>
    createLocalAws({ snapshot: snapshot.replace("nodejs22.x", "python3.13"), functions }),
  ).toThrow("The local AWS does not have the runtime python3.13.");
});

test("new code runs for existing connections", async () => {
  const snapshot = await chatSnapshot();
  const aws = await listening({ snapshot, functions: { chat: zip("first") } });
  const client = await open(aws);
  expect(await client.ask("hello")).toBe("first");
  aws.updateFunctionCode("chat", zip("second"));
  expect(await client.ask("hello")).toBe("second");
  expect(() => aws.updateFunctionCode("shop", zip("third"))).toThrow(
    'There is no function with the name "shop".',
  );
  expect(() => aws.updateFunctionCode("chat", Buffer.from("no zip"))).toThrow("zip");
  expect(await client.ask("hello")).toBe("second");
});

test("a listener receives log events, message events and settled messages until it unsubscribes", async () => {
  const snapshot = await chatSnapshot();
  const functions = { chat: zip('{"error":true}') };
  const aws = await listening({ snapshot, functions, trace: true, errorFrame: { error: true } });
  const logs: WrittenLogEvent[] = [];
  const types: string[] = [];
  const settled = Promise.withResolvers<TracedMessage>();
  const unsubscribe = aws.subscribe({
    log: (event) => logs.push(event),
    event: ({ event }) => types.push(event.type),
    message: (message) => message.eventType === "MESSAGE" && settled.resolve(message),
  });
  const client = await open(aws);
  await client.ask("hello");
  const { points } = await settled.promise;
  expect(points.map(({ type }) => type)).toContain("function-end");
  expect(points.find(({ type }) => type === "frame-out")).toMatchObject({ isError: true });
  expect(types).toEqual(expect.arrayContaining(["handshake", "open", "frame-in", "frame-out"]));
  await expect
    .poll(() => logs.map(({ logGroupName }) => logGroupName))
    .toContain("/aws/lambda/chat");
  unsubscribe();
  const before = [logs.length, types.length];
  await client.ask("hello");
  expect([logs.length, types.length]).toEqual(before);
});

test("a listener for messages needs a trace", () => {
  const aws = createLocalAws();
  onTestFinished(() => aws.close());
  expect(() => aws.subscribe({ message() {} })).toThrow("needs the option trace: true");
});

test("faults are injected at their current rates, and counted", async () => {
  const snapshot = await chatSnapshot();
  const functions = { chat: zip("first") };
  const aws = await listening({ snapshot, functions, faults: { "crash-function": 1 } });
  aws.faults.rates["crash-function"] = 0;
  const client = await open(aws);
  expect(aws.faults.counts["crash-function"]).toBe(0);
  aws.faults.rates["crash-function"] = 1;
  // The function may reply before its process crashes.
  await client.ask("hello");
  expect(aws.faults.counts["crash-function"]).toBe(1);
});

test.for(["h2c", "h2c, websocket", "TLS/1.0"])("an upgrade to %s is ignored", async (protocol) => {
  const pages = { "/page": (_request: unknown, response: ServerResponse) => void response.end() };
  const aws = createLocalAws({ pages });
  onTestFinished(() => aws.close());
  await aws.listen();
  const sent = request(`${aws.endpoint}/page`, {
    headers: { Connection: "Upgrade", Upgrade: protocol },
  }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  response.resume();
});

test("there is no URL before the local AWS listens", () => {
  const aws = createLocalAws();
  onTestFinished(() => aws.close());
  expect(() => aws.endpoint).toThrow("The local AWS is not listening. Call listen() first.");
});

test("an account ID must have 12 digits", () => {
  expect(() => createLocalAws({ accountId: "1234" })).toThrow(
    'An account ID must have 12 digits, such as 111122223333, not "1234".',
  );
});

test.for([
  ["short", 1000],
  ["aws", 60_000],
] as const)(
  "with the timing %s, the name of a deleted queue cannot be used for %i ms",
  async ([timing, ms]) => {
    const clock = createManualClock(Date.now());
    const aws = createLocalAws({ clock, timing });
    onTestFinished(() => aws.close());
    await aws.listen();
    const sqs = new SQS({
      endpoint: aws.endpoint,
      region: REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const create = () => sqs.createQueue({ QueueName: "jobs" });
    const { QueueUrl } = await create();
    await sqs.deleteQueue({ QueueUrl });
    clock.advance(ms - 1);
    await expect(create()).rejects.toMatchObject({ name: "QueueDeletedRecently" });
    clock.advance(1);
    expect(await create()).toMatchObject({ QueueUrl });
  },
);

test.for([0, 33, 1.5, Number.NaN])(
  "%s processes of a function at a time are an error",
  (number) => {
    expect(() => createLocalAws({ environmentsPerFunction: number })).toThrow(
      `environmentsPerFunction must be an integer from 1 to 32, not ${number}.`,
    );
  },
);

test("an unknown timing is an error", () => {
  // Callers in JavaScript have no types.
  const options: LocalAwsOptions = JSON.parse('{"timing":"slow"}');
  expect(() => createLocalAws(options)).toThrow(
    'The option timing must be "short" or "aws", not "slow".',
  );
});

test("a port in use rejects listen(), and nothing keeps running", async () => {
  const temporary = await mkdtemp(join(tmpdir(), "taken-port-"));
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(temporary, { recursive: true });
  });
  const other = createServer();
  onTestFinished(() => void other.close());
  await once(other.listen(0, "127.0.0.1"), "listening");
  const { port } = other.address() as AddressInfo;
  const aws = createLocalAws();
  await expect(aws.listen(port)).rejects.toMatchObject({ code: "EADDRINUSE" });
  await aws.close();
  expect(await readdir(temporary)).toEqual([]);
});

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((each) => each?.address === "::1");

describe.skipIf(!hasIpv6)("localhost, on machines with IPv6", () => {
  test("reaches the local AWS at both addresses", async () => {
    const aws = createLocalAws();
    await aws.listen();
    const { port } = new URL(aws.endpoint);
    for (const host of ["127.0.0.1", "[::1]"])
      expect((await fetch(`http://${host}:${port}/`)).status, `at ${host}`).toBe(403);
    await aws.close();
    for (const host of ["127.0.0.1", "[::1]"])
      await expect(fetch(`http://${host}:${port}/`), `at ${host}`).rejects.toThrow("fetch failed");
  });

  test("cannot be used if another program has the port at ::1", async () => {
    const other = createServer();
    onTestFinished(() => void other.close());
    await once(other.listen(0, "::1"), "listening");
    const { port } = other.address() as AddressInfo;
    const aws = createLocalAws();
    await expect(aws.listen(port)).rejects.toMatchObject({ code: "EADDRINUSE" });
    await aws.close();
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow("fetch failed");
  });
});

test("a local AWS that never listened can be closed", async () => {
  const aws = createLocalAws();
  await expect(aws.close()).resolves.toBeUndefined();
});
