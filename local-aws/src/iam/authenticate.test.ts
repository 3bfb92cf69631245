import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import { InvokeCommand, LambdaClient, ListTagsCommand } from "@aws-sdk/client-lambda";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import type { AwsRequest } from "../protocols/operation.ts";
import { createAwsServer } from "../server/server.ts";
import { emptyState } from "../state.ts";
import { createIam, type Iam } from "./index.ts";
import type { SignedRequest } from "./signed-request.ts";

const now = Date.UTC(2026, 0, 1, 12);
const minutes = 60_000;
const administrator = { type: "administrator", arn: "arn:aws:iam::000000000000:root" };
const roleArn = "arn:aws:iam::000000000000:role/worker";
const laptop = { accessKeyId: "test", secretAccessKey: "test" };

interface SigningOptions {
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
  time?: number;
  service?: string;
  headers?: Record<string, string>;
  path?: string;
  query?: Record<string, string | string[]>;
  applyChecksum?: boolean;
  signableHeaders?: Set<string>;
}

/** Returns a request signed with AWS's own signer. */
async function signed(options: SigningOptions = {}): Promise<SignedRequest> {
  const { credentials = laptop, time = now, headers = {}, path = "/", query = {} } = options;
  const { service = "lambda", applyChecksum = true, signableHeaders } = options;
  const signer = new SignatureV4({
    credentials,
    region: "eu-west-1",
    service,
    sha256: Sha256,
    applyChecksum,
  });
  const body = Buffer.from(`{"text":"hello"}`);
  const request = await signer.sign(
    {
      method: "POST",
      protocol: "http:",
      hostname: "localhost",
      path,
      query,
      headers: { host: "localhost:4566", ...headers },
      body,
    },
    { signingDate: new Date(time), ...(signableHeaders && { signableHeaders }) },
  );
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(query))
    for (const value of [values].flat()) parameters.append(name, value);
  const search = parameters.toString();
  const url = search === "" ? path : `${path}?${search}`;
  return { method: "POST", url, headers: request.headers, body };
}

const refusal = (code: string, message: string) =>
  expect.objectContaining({
    status: 403,
    code,
    message: expect.stringContaining(message) as string,
  }) as Error;

const mismatch = refusal(
  "InvalidSignatureException",
  "The request signature we calculated does not match",
);
const badToken = refusal(
  "UnrecognizedClientException",
  "The security token included in the request is invalid.",
);

describe("authenticate", () => {
  const newIam = (time = now) =>
    createIam({ state: emptyState(), clock: { ...systemClock, now: () => time } });
  let iam: Iam;
  beforeEach(() => {
    iam = newIam();
  });

  it("returns who signed a request, for which service and region", async () => {
    const expected = { caller: administrator, service: "lambda", region: "eu-west-1" };
    expect(await iam.authenticate(await signed())).toEqual(expected);
  });

  it.each<[string, SigningOptions, Partial<SignedRequest>]>([
    ["a wrong secret", { credentials: { ...laptop, secretAccessKey: "wrong" } }, {}],
    ["another method", {}, { method: "PUT" }],
    ["another path", {}, { url: "/other" }],
    ["another query", {}, { url: "/?a=1" }],
    ["another body", {}, { body: Buffer.from(`{"text":"bye"}`) }],
  ])("refuses %s", async (_name, options, changes) => {
    const request = await signed(options);
    await expect(iam.authenticate({ ...request, ...changes })).rejects.toThrow(mismatch);
  });

  it("checks the body even if its hash was not sent", async () => {
    const request = await signed({ applyChecksum: false });
    expect(request.headers["x-amz-content-sha256"]).toBeUndefined();
    expect(await iam.authenticate(request)).toMatchObject({ service: "lambda" });
    const body = Buffer.from("other");
    await expect(iam.authenticate({ ...request, body })).rejects.toThrow(mismatch);
  });

  it("accepts any body with an unsigned payload", async () => {
    const request = await signed({ headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } });
    expect(await iam.authenticate({ ...request, body: Buffer.from("any") })).toBeDefined();
  });

  it("ignores headers that are not signed", async () => {
    const request = await signed();
    const headers = { ...request.headers, "user-agent": "a", "x-forwarded-for": "b" };
    expect(await iam.authenticate({ ...request, headers })).toMatchObject({ service: "lambda" });
  });

  it("checks every signed header", async () => {
    const request = await signed({
      headers: { "user-agent": "a" },
      signableHeaders: new Set(["host", "user-agent", "x-amz-date", "x-amz-content-sha256"]),
    });
    expect(await iam.authenticate(request)).toBeDefined();
    const headers = { ...request.headers, "user-agent": "b" };
    await expect(iam.authenticate({ ...request, headers })).rejects.toThrow(mismatch);
  });

  it.each<[string, SigningOptions]>([
    ["a percent-encoded path", { path: "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aa%3Ac%20d" }],
    ["a path with characters that encodeURIComponent does not encode", { path: "/it's/(a)*!" }],
    ["empty and dot segments in a path", { path: "//a/./b/../c//d/" }],
    ["a path with .. above the root", { path: "/../a/.." }],
    ["repeated parameters", { query: { tagKeys: ["b", "a b"], "x+y": "1/2=3" } }],
    ["parameters whose names have a common prefix", { query: { a1: "1", a: ["2", "10"], A: "" } }],
    ["parameters beyond ASCII", { query: { ü: "😀", "!'()*": "~" } }],
    ["white space in headers", { headers: { "x-amz-meta": "  a \t  b " } }],
  ])("accepts the signature of AWS's own signer for %s", async (_what, options) => {
    expect(await iam.authenticate(await signed(options))).toMatchObject({ caller: administrator });
  });

  it("uses a separate key for each scope of the same credentials", async () => {
    const credentials = iam.issueCredentials(roleArn, "run-1");
    for (const service of ["lambda", "sqs", "lambda"])
      expect(await iam.authenticate(await signed({ credentials, service }))).toMatchObject({
        service,
      });
  });

  it("returns the session of the role for issued credentials", async () => {
    const credentials = iam.issueCredentials(roleArn, "run-1");
    expect(credentials.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect((await iam.authenticate(await signed({ credentials }))).caller).toEqual({
      type: "role",
      arn: "arn:aws:sts::000000000000:assumed-role/worker/run-1",
      roleName: "worker",
    });
  });

  it("refuses issued credentials with a wrong secret, a wrong token or no token", async () => {
    const credentials = iam.issueCredentials(roleArn, "run-1");
    const { accessKeyId, secretAccessKey } = credentials;
    const attempt = async (wrong: SigningOptions["credentials"]) =>
      iam.authenticate(await signed({ credentials: wrong ?? credentials }));
    await expect(attempt({ ...credentials, secretAccessKey: "a" })).rejects.toThrow(mismatch);
    await expect(attempt({ ...credentials, sessionToken: "a" })).rejects.toThrow(badToken);
    await expect(attempt({ accessKeyId, secretAccessKey })).rejects.toThrow(badToken);
  });

  it("refuses an unknown access key, and names the valid one", async () => {
    for (const credentials of [
      { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "of an account" },
      { accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "a", sessionToken: "of a session" },
      { accessKeyId: "constructor", secretAccessKey: "test" },
    ]) {
      const request = await signed({ credentials });
      await expect(iam.authenticate(request)).rejects.toThrow(badToken);
      await expect(iam.authenticate(request)).rejects.toThrow("AWS_ACCESS_KEY_ID=test");
    }
  });

  it("refuses a signature that is more than 15 minutes old", async () => {
    const request = await signed();
    expect(await newIam(now + 15 * minutes).authenticate(request)).toBeDefined();
    await expect(newIam(now + 16 * minutes).authenticate(request)).rejects.toThrow(
      refusal(
        "InvalidSignatureException",
        "Signature expired: 20260101T120000Z is now earlier than 20260101T120100Z (20260101T121600Z - 15 min.)",
      ),
    );
  });

  it("refuses a signature from the future", async () => {
    await expect(newIam(now - 16 * minutes).authenticate(await signed())).rejects.toThrow(
      refusal(
        "InvalidSignatureException",
        "Signature not yet current: 20260101T120000Z is still later than 20260101T115900Z (20260101T114400Z + 15 min.)",
      ),
    );
  });

  const unsigned = { method: "POST", url: "/", headers: {}, body: Buffer.alloc(0) };

  it("refuses a request without a signature", async () => {
    await expect(iam.authenticate(unsigned)).rejects.toThrow(
      refusal("MissingAuthenticationTokenException", "Missing Authentication Token"),
    );
  });

  it.each(["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"])(
    "does not implement the unsigned operation %s",
    async (operation) => {
      const body = Buffer.from(`Version=2011-06-15&Action=${operation}&RoleArn=a`);
      await expect(iam.authenticate({ ...unsigned, body })).rejects.toMatchObject({
        status: 501,
        message: `The local AWS does not implement sts:${operation}.`,
      });
    },
  );

  it("does not implement presigned URLs", async () => {
    const url = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=00";
    await expect(iam.authenticate({ ...unsigned, url })).rejects.toMatchObject({ status: 501 });
  });

  it.each([
    ["Bearer abc", "Unsupported AWS 'algorithm': 'Bearer'"],
    ["AWS4-HMAC-SHA256 Credential=a/b", "requires 'SignedHeaders' parameter. Authorization"],
    ["AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "5 slash-delimited"],
  ])("refuses the incomplete Authorization header %s", async (authorization, message) => {
    await expect(iam.authenticate({ ...unsigned, headers: { authorization } })).rejects.toThrow(
      refusal("IncompleteSignatureException", message),
    );
  });
});

describe("requests over HTTP", () => {
  const iam = createIam({ state: emptyState(), clock: systemClock });
  const seen: AwsRequest[] = [];
  const service = (request: AwsRequest) => {
    seen.push(request);
    return Promise.resolve({ status: 200, body: "{}" });
  };
  const server = createAwsServer({ iam, services: { lambda: service, "execute-api": service } });
  let endpoint: string;

  beforeEach(async () => {
    await once(server.listen(0, "127.0.0.1"), "listening");
    endpoint = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    seen.length = 0;
    server.closeAllConnections();
    await once(server.close(), "close");
  });

  const options = () => ({
    endpoint,
    region: "us-east-1",
    credentials: iam.issueCredentials(roleArn, "run-1"),
    maxAttempts: 1,
  });

  it("of the AWS SDK are valid with a connection ID that ends in =", async () => {
    const client = new ApiGatewayManagementApiClient({
      ...options(),
      endpoint: `${endpoint}/_aws/execute-api/api/production`,
    });
    await client.send(new PostToConnectionCommand({ ConnectionId: "L0SM9c+fP=", Data: "é" }));
    expect(seen[0]).toMatchObject({
      path: "/_aws/execute-api/api/production/@connections/L0SM9c%2BfP%3D",
      caller: { type: "role", roleName: "worker" },
    });
  });

  it("of the AWS SDK are valid with an ARN in the path", async () => {
    const FunctionName = "arn:aws:lambda:us-east-1:000000000000:function:jobs:$LATEST";
    const client = new LambdaClient(options());
    await client.send(new InvokeCommand({ FunctionName, Payload: "{}", LogType: "Tail" }));
    await client.send(new ListTagsCommand({ Resource: FunctionName }));
    expect(seen.map(({ caller }) => caller.type)).toEqual(["role", "role"]);
  });

  it("without a signature are refused in XML if they use the query protocol", async () => {
    const body = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
    const response = await fetch(endpoint, { method: "POST", body });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("<Code>MissingAuthenticationToken</Code>");
  });

  /** https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html */
  it.each([
    ["sts", "application/x-www-form-urlencoded", 403, "InvalidClientTokenId"],
    ["logs", "application/x-amz-json-1.1", 400, "UnrecognizedClientException"],
    ["sqs", "application/x-amz-json-1.0", 403, "InvalidClientTokenId;Sender"],
    ["lambda", "application/json", 403, "UnrecognizedClientException"],
  ])("of %s with an unknown access key are refused with the error of AWS", async (...row) => {
    const [service, type, status, code] = row;
    const request = await signed({
      service,
      time: Date.now(),
      credentials: { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "unknown" },
    });
    const headers = { ...request.headers, "content-type": type } as Record<string, string>;
    const body = request.body.toString();
    const response = await fetch(endpoint, { method: "POST", headers, body });
    const text = await response.text();
    const told = `${response.headers.get("x-amzn-query-error")} ${text}`;
    expect(response.status).toBe(status);
    expect(told).toContain(code);
    expect(text).toContain("The security token included in the request is invalid.");
  });

  it("of the AWS SDK with a wrong secret are refused", async () => {
    const { credentials, ...rest } = options();
    const client = new LambdaClient({
      ...rest,
      credentials: { ...credentials, secretAccessKey: "wrong" },
    });
    await expect(client.send(new InvokeCommand({ FunctionName: "jobs" }))).rejects.toMatchObject({
      name: "InvalidSignatureException",
      $metadata: { httpStatusCode: 403 },
    });
  });
});
