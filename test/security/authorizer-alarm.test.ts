import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WrittenLogEvent } from "@websocket-lambda/local-aws";
import { parseFilterPattern, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { createIssuer } from "../../scripts/start/issuer.ts";
import { connect } from "../e2e/client.ts";
import { lambda } from "./aws-requests.ts";

const AUTHORIZER_LOG = "/aws/lambda/websocket-lambda-authorizer";
const ACCESS_LOG = "/aws/apigateway/websocket-lambda";

const issuer = await createIssuer();
const administrator = { accessKeyId: "test", secretAccessKey: "test" };
let aws: TestLocalAws;
let events: WrittenLogEvent[] = [];

beforeAll(async () => {
  aws = await startTestStack({ stack: "authenticated", pages: issuer.pages });
  aws.subscribe({ log: (event) => events.push(event) });
});
afterAll(() => aws.close());

const regionOf = ({ state }: TestLocalAws) => {
  const region = state.regions["us-east-1"];
  if (region === undefined) throw new Error("There is no stack.");
  return region;
};

/** Returns whether a line counts for the alarm, by the metric filters of its log group. */
const counts = ({ logGroupName, message }: WrittenLogEvent): boolean =>
  Object.values(regionOf(aws).logs.groups[logGroupName]?.metricFilters ?? {})
    .filter(({ metricTransformations: [to] }) => to?.metricName === "AuthorizerFailures")
    .some(({ filterPattern }) => parseFilterPattern(filterPattern)(message));

/** Returns the log groups with lines that count for the alarm after one client has tried to connect. */
async function failuresOf(query: string, status: number): Promise<string[]> {
  events = [];
  const url = aws.webSocketUrl("production") + query;
  await expect(connect(url)).rejects.toThrow(`Unexpected server response: ${status}`);
  await expect.poll(() => events.map(({ logGroupName }) => logGroupName)).toContain(ACCESS_LOG);
  // Lambda can write the report of an invocation after the client gets its response.
  const ofType = (type: string) =>
    events.filter(({ message }) => message.includes(`"type":"platform.${type}"`)).length;
  await expect.poll(() => ofType("start") - ofType("report")).toBe(0);
  return [...new Set(events.filter(counts).map(({ logGroupName }) => logGroupName))].toSorted();
}

const token = (claims: Record<string, unknown> = {}) =>
  issuer.tokenFor(aws.endpoint, "ada", claims);

describe("the alarm authorizer-failures does not count", () => {
  test("clients without a token, although the authorizer throws", async () => {
    expect(await failuresOf("", 401)).toEqual([]);
    const messages = events.map(({ message }) => message).join("\n");
    expect(messages).toContain('"errorMessage":"Unauthorized"');
  });

  test("clients with an invalid token", async () => {
    expect(await failuresOf(`?token=${await token({ aud: "shop" })}`, 403)).toEqual([]);
  });
});

/** Code that replaces the authorizer's. */
const broken: [string, string][] = [
  ["takes too long", "exports.handler = () => new Promise((end) => setTimeout(end, 60_000));"],
  [
    "crashes, as when it runs out of memory",
    "exports.handler = () => process.kill(process.pid, 'SIGKILL');",
  ],
  ["fails to start", "throw new Error('JWT_ISSUER is not set.');"],
];

describe("the alarm authorizer-failures counts clients whose token was not checked", () => {
  test("because API Gateway is not allowed to invoke the authorizer, in the access log only", async () => {
    const authorizer = regionOf(aws).lambda.functions["websocket-lambda-authorizer"];
    if (authorizer === undefined) throw new Error("The stack has no authorizer.");
    const { policy } = authorizer;
    authorizer.policy = {};
    try {
      expect(await failuresOf(`?token=${await token()}`, 500)).toEqual([ACCESS_LOG]);
    } finally {
      authorizer.policy = policy;
    }
  });

  test.for(broken)("because the authorizer %s", async ([, code]) => {
    const ZipFile = Buffer.from(zipSync({ "index.js": Buffer.from(code) })).toString("base64");
    const shorter = lambda("UpdateFunctionConfiguration", "PUT", "authorizer", "/configuration", {
      Timeout: 1,
    });
    const other = lambda("UpdateFunctionCode", "PUT", "authorizer", "/code", { ZipFile });
    for (const { send } of [shorter, other])
      expect(await send(aws.endpoint, administrator)).toMatchObject({ status: 200 });
    expect(await failuresOf(`?token=${await token()}`, 500)).toEqual([ACCESS_LOG, AUTHORIZER_LOG]);
  });
});
