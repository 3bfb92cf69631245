/** The hosts that functions can connect to, with all forms of endpoints for `@connections`. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import WebSocket from "ws";
import {
  addRouteResponse,
  API_ID,
  createTestApi,
  createTestDomain,
} from "./execute-api/testing-api.ts";
import { FUNCTION_ARN } from "./execute-api/testing-lambda.ts";
import { addFunction, REGION, stateWithRole } from "./lambda/testing.ts";
import { regionOf } from "./state.ts";
import { createTestLocalAws, type TestLocalAws } from "./testing.ts";

const DOMAIN = "chat.example.com";
const ON_AWS = "other.execute-api.us-east-1.amazonaws.com";
const ALLOWED = "s3.eu-west-1.amazonaws.com";

/**
 * Runs the code in the message with the event, and sends the result to the client in the response of the
 * function. `lookups` contains the hosts that the process looked up. Only two of them resolve. `peers`
 * contains the addresses to which its sockets connected.
 */
const CODE = `
  const dns = require("node:dns");
  const peers = new Set();
  require("node:diagnostics_channel").subscribe("net.client.socket", ({ socket }) =>
    socket.once("connect", () => peers.add(socket.remoteAddress)));
  const lookups = [];
  dns.lookup = (host, options, callback) => {
    lookups.push(host);
    if (["${ALLOWED}", "localhost"].includes(host)) callback(null, options.all ? [{ address: "127.0.0.1", family: 4 }] : "127.0.0.1", 4);
    else callback(Object.assign(new Error("getaddrinfo ENOTFOUND " + host), { code: "ENOTFOUND" }));
  };
  const post = async (endpoint, { requestContext: { connectionId: ConnectionId } }) => {
    const { ApiGatewayManagementApi } = require("@aws-sdk/client-apigatewaymanagementapi");
    const client = new ApiGatewayManagementApi({ endpoint, maxAttempts: 1 });
    await client.postToConnection({ ConnectionId, Data: "posted" });
  };
  const AsyncFunction = (async () => {}).constructor;
  exports.handler = async (event) => {
    if (event.body === undefined) return { statusCode: 200 };
    lookups.length = 0;
    peers.clear();
    const run = new AsyncFunction("event", "post", "require", event.body);
    const result = await run(event, post, require).catch(({ message, code, cause }) => ({
      error: cause?.message ?? message,
      code: cause?.code ?? code,
    }));
    return { statusCode: 200, body: JSON.stringify({ result: result ?? null, lookups, peers: [...peers] }) };
  };`;

/** The result of a successful post to the local AWS. */
const POSTED = '{"result":null,"lookups":[],"peers":["127.0.0.1"]}';

const CHILD = `fetch("https://${ON_AWS}/").then(({ status }) => process.send(status));`;

async function start(Runtime: string): Promise<TestLocalAws> {
  const state = stateWithRole();
  const Statement = [{ Effect: "Allow", Action: ["logs:*", "execute-api:*"], Resource: "*" }];
  const { function: role } = state.iam.roles;
  if (role) role.policies = { all: JSON.stringify({ Version: "2012-10-17", Statement }) };
  const { api } = createTestApi();
  addRouteResponse(api, "$default");
  const { apigateway } = regionOf(state, REGION);
  apigateway.apis[API_ID] = api;
  addFunction(state, "chat", { "index.js": CODE, "child.js": CHILD }, { Runtime }).policy["api"] = {
    Sid: "api",
    Effect: "Allow",
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: FUNCTION_ARN,
  };
  const aws = createTestLocalAws({ state, allowedAwsHosts: [ALLOWED] });
  await aws.listen();
  return aws;
}

describe.for(["nodejs22.x", "nodejs24.x"])("a function with %s", (runtime) => {
  let aws: TestLocalAws;
  beforeAll(async () => {
    aws = await start(runtime);
  });
  afterAll(async () => {
    await aws.close();
  });

  /**
   * Runs code in the function. Returns the messages that the client received. The last one is the result.
   */
  async function run(code: string, url = aws.webSocketUrl("test")): Promise<string[]> {
    const socket = new WebSocket(url);
    onTestFinished(() => socket.terminate());
    await once(socket, "open");
    socket.send(code);
    const messages: string[] = [];
    for (;;) {
      const [data] = await once(socket, "message");
      messages.push(String(data));
      if (messages.at(-1)?.startsWith("{")) return messages;
    }
  }
  const resultOf = async (code: string): Promise<unknown> => JSON.parse((await run(code))[0] ?? "");

  test.for<[string, string]>([
    ["of its event", "`https://${event.requestContext.domainName}/${event.requestContext.stage}`"],
    ["of AWS", `"https://${API_ID}.execute-api.us-east-1.amazonaws.com/test"`],
    ["of AWS without TLS", `"http://${API_ID}.execute-api.us-east-1.amazonaws.com/test"`],
    [
      "of apiEndpoint with https in place of ws",
      `process.env.AWS_ENDPOINT_URL.replace("http", "https") + "/_aws/execute-api/${API_ID}/test"`,
    ],
    [
      "of apiEndpoint behind https",
      `process.env.AWS_ENDPOINT_URL.replace("http", "https://ws") + "/_aws/execute-api/${API_ID}/test"`,
    ],
    ["of a custom domain name", `"https://${DOMAIN}/orders"`],
    ["of a custom domain name without TLS", `"http://${DOMAIN}:80"`],
  ])("posts to the endpoint %s", async ([, endpoint]) => {
    regionOf(aws.state, REGION).apigateway.domainNames = {
      [DOMAIN]: createTestDomain(DOMAIN, { "": "test", orders: "test" }),
    };
    const messages = await run(`return await post(${endpoint}, event)`);
    expect(messages).toEqual(["posted", POSTED]);
  });

  test("connected by a custom domain name, posts to the endpoint of its event", async () => {
    const { apigateway } = regionOf(aws.state, REGION);
    apigateway.domainNames = { [DOMAIN]: createTestDomain(DOMAIN, { test: "test" }) };
    const url = `${aws.endpoint.replace("http", "ws")}/_aws/execute-api/${DOMAIN}/test`;
    const code =
      "return await post(`https://${event.requestContext.domainName}/${event.requestContext.stage}`, event)";
    expect(await run(code, url)).toEqual(["posted", POSTED]);
  });

  test.for<[string, string]>([
    ["fetch", `return (await fetch("https://${ON_AWS}/test/@connections/a")).status`],
    [
      "https.get with a URL",
      `return await new Promise((resolve, reject) => require("https").get("https://${ON_AWS}/", ({ statusCode }) => resolve(statusCode)).on("error", reject))`,
    ],
    [
      "tls.connect with a port and a host",
      `return await new Promise((resolve, reject) => {
        const socket = require("tls").connect(443, "${ON_AWS}", () => socket.write("GET / HTTP/1.1\\r\\nHost: ${ON_AWS}\\r\\n\\r\\n"));
        socket.once("data", (data) => resolve(Number(/ (\\d+) /.exec(data)[1]))).once("error", reject);
      })`,
    ],
    [
      "a worker thread",
      `const { Worker } = require("worker_threads");
      const code = 'fetch("https://${ON_AWS}/").then(({ status }) => require("worker_threads").parentPort.postMessage(status))';
      const worker = new Worker(code, { eval: true });
      return await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject))`,
    ],
    [
      "a forked process",
      `const child = require("child_process").fork(process.env.LAMBDA_TASK_ROOT + "/child.js");
      return await new Promise((resolve, reject) => child.once("message", resolve).once("error", reject))`,
    ],
  ])("cannot reach an API on AWS by %s", async ([, code]) => {
    // The request reaches the local AWS, which refuses it because it has no signature.
    expect(await resultOf(code)).toMatchObject({ result: 403, lookups: [] });
  });

  test.for<[string, string, string]>([
    [
      "the SDK",
      "sqs.us-east-1.amazonaws.com",
      `const { LambdaClient, ListFunctionsCommand } = require("@aws-sdk/client-lambda");
      await new LambdaClient({ endpoint: "https://HOST" }).send(new ListFunctionsCommand())`,
    ],
    [
      "the SDK with HTTP/2",
      "bedrock-runtime.us-east-1.amazonaws.com",
      `const { BedrockRuntimeClient, InvokeModelCommand } = require("@aws-sdk/client-bedrock-runtime");
      await new BedrockRuntimeClient({ endpoint: "https://HOST" }).send(new InvokeModelCommand({ modelId: "m", body: "{}" }))`,
    ],
    ["fetch", "abc.lambda-url.us-east-1.on.aws", `await fetch("https://HOST/")`],
    [
      "http.get without TLS",
      "bucket.s3.amazonaws.com.cn",
      `await new Promise((_, reject) => require("http").get("http://HOST/").on("error", reject))`,
    ],
    [
      "net.connect in capitals",
      "S3.AMAZONAWS.COM",
      `await new Promise((_, reject) => require("net").connect(443, "HOST").on("error", reject))`,
    ],
  ])("cannot connect to another host on AWS by %s", async ([, host, code]) => {
    const name = host.toLowerCase();
    expect(await resultOf(code.replace("HOST", host))).toEqual({
      result: {
        error: `The function connects to ${name}, which is on AWS. The local AWS does not allow that. Use AWS_ENDPOINT_URL as the endpoint, or start the local AWS with --allow-aws-host ${name}.`,
        code: "ERR_LOCAL_AWS_HOST",
      },
      lookups: [],
      peers: [],
    });
  });

  test("gets 501 for a service whose SDK client uses HTTP/2", async () => {
    const code = `const { BedrockRuntimeClient, InvokeModelCommand } = require("@aws-sdk/client-bedrock-runtime");
      await new BedrockRuntimeClient({ maxAttempts: 1 }).send(new InvokeModelCommand({ modelId: "m", body: "{}" }))`;
    expect(await resultOf(code)).toEqual({
      result: {
        error: "The local AWS does not implement the service bedrock (POST /model/m/invoke).",
      },
      lookups: ["localhost"],
      peers: ["127.0.0.1"],
    });
  });

  test("connects to an allowed host on AWS, and to hosts that are not on AWS", async () => {
    const other = createServer((_, response) => void response.end("other"));
    onTestFinished(() => void other.close());
    await once(other.listen(0, "127.0.0.1"), "listening");
    const { port } = other.address() as AddressInfo;
    const fetched = (host: string) =>
      resultOf(`return await (await fetch("http://${host}:${port}")).text()`);
    expect(await fetched(ALLOWED)).toMatchObject({ result: "other", lookups: [ALLOWED] });
    expect(await fetched("127.0.0.1")).toMatchObject({ result: "other", lookups: [] });
    expect(await fetched("api.example.com")).toMatchObject({
      result: { error: "getaddrinfo ENOTFOUND api.example.com", code: "ENOTFOUND" },
      lookups: ["api.example.com"],
    });
  });
});
