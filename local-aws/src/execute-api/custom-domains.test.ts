import { describe, expect, test } from "vitest";
import { redeploy } from "../apigateway/testing.ts";
import { regionOf } from "../state.ts";
import { startGateway, type TestGateway } from "./testing.ts";
import { createTestDomain, REGION } from "./testing-api.ts";

const DOMAIN = "chat.example.com";

/** Starts a gateway with a custom domain name that has the API at its root and at `orders`. */
async function startWithDomain(): Promise<TestGateway> {
  const gateway = await startGateway();
  const { apigateway } = regionOf(gateway.state, REGION);
  apigateway.domainNames = { [DOMAIN]: createTestDomain(DOMAIN, { "": "test", orders: "test" }) };
  return gateway;
}

/** @param host the `Host` header. Default: a port of this machine. */
const at = (gateway: TestGateway, path: string, host?: string) => ({
  url: new URL(path, gateway.url).href,
  ...(host !== undefined && { headers: { Host: host } }),
});

describe("a handshake", () => {
  test.for([
    { name: "for the domain name", path: "/", host: DOMAIN },
    { name: "for the domain name with a port", path: "/", host: `${DOMAIN}:4566` },
    { name: "for the domain name in capitals", path: "/", host: "Chat.Example.com" },
    { name: "for a path of the domain name", path: "/orders?token=a", host: DOMAIN },
    { name: "with the domain name in the path", path: `/_aws/execute-api/${DOMAIN}` },
    { name: "with the domain name and its path", path: `/_aws/execute-api/${DOMAIN}/orders/` },
  ])("$name reaches the API, whose function sees the domain name", async ({ path, host }) => {
    await using gateway = await startWithDomain();
    await gateway.connectTo(at(gateway, path, host));
    const { requestContext, headers } = await gateway.lambda.next("CONNECT");
    expect(requestContext).toMatchObject({ domainName: DOMAIN, stage: "test" });
    expect(headers).toMatchObject({ Host: DOMAIN });
  });

  test.for([
    { path: "/other", host: DOMAIN },
    { path: "/test", host: DOMAIN },
    { path: "/_aws/execute-api/chat000000/test", host: DOMAIN },
    { path: `/_aws/execute-api/${DOMAIN}/test`, host: undefined },
    { path: "/", host: undefined },
  ])("for $path on $host is refused with 403, because no mapping has it", async (target) => {
    await using gateway = await startWithDomain();
    const { status, body } = await gateway.refusedAt(at(gateway, target.path, target.host));
    expect({ status, body }).toEqual({ status: 403, body: '{"message":"Forbidden"}' });
  });

  test("gets no response for a host that is not a custom domain name", async () => {
    await using gateway = await startWithDomain();
    await expect(gateway.connectTo(at(gateway, "/", "other.example.com"))).rejects.toThrow(
      "socket hang up",
    );
  });

  test("to the API is refused with 403 if its execute-api endpoint is disabled", async () => {
    await using gateway = await startWithDomain();
    gateway.api.disableExecuteApiEndpoint = true;
    redeploy(gateway.api);
    expect(await gateway.refused()).toMatchObject({
      status: 403,
      body: '{"message":"Forbidden"}',
    });
    await gateway.connectTo(at(gateway, "/", DOMAIN));
  });
});

describe("@connections", () => {
  test.for([
    { name: "by the domain name", path: "/", host: DOMAIN },
    { name: "by a path of the domain name", path: "/orders/", host: DOMAIN },
    { name: "with the domain name in the path", path: `/_aws/execute-api/${DOMAIN}/` },
  ])("$name reaches the connections of the API", async ({ path, host }) => {
    await using gateway = await startWithDomain();
    const client = await gateway.connect();
    const { connectionId } = (await gateway.lambda.next("CONNECT")).requestContext;
    const { url, headers } = at(gateway, `${path}@connections/${connectionId}`, host);
    expect(await gateway.request("POST", url, { headers, body: "hello" })).toMatchObject({
      status: 200,
    });
    expect(await client.next()).toBe("hello");
  });

  test("is checked against the ARN of the API, as without a domain name", async () => {
    const checked: string[] = [];
    await using gateway = await startGateway({
      iam: { authorize: (_, action, resource) => void checked.push(`${action} ${resource}`) },
    });
    const { apigateway } = regionOf(gateway.state, REGION);
    apigateway.domainNames = { [DOMAIN]: createTestDomain(DOMAIN, { orders: "test" }) };
    await gateway.connect();
    const { connectionId } = (await gateway.lambda.next("CONNECT")).requestContext;
    const { url, headers } = at(gateway, `/orders/@connections/${connectionId}`, DOMAIN);
    await gateway.request("GET", url, { headers });
    expect(checked).toEqual([
      "execute-api:ManageConnections arn:aws:execute-api:us-east-1:000000000000:chat000000/test/GET/@connections/{connectionId}",
    ]);
  });

  // As reported of AWS: https://github.com/aws/aws-sdk-net/issues/1860
  test("is forbidden at a disabled execute-api endpoint, and works with the domain name", async () => {
    await using gateway = await startWithDomain();
    const client = await gateway.connect();
    const { connectionId } = (await gateway.lambda.next("CONNECT")).requestContext;
    gateway.api.disableExecuteApiEndpoint = true;
    redeploy(gateway.api);
    const { status, body } = await gateway.manage("POST", connectionId, "refused");
    expect({ status, body }).toEqual({ status: 403, body: '{"message":"Forbidden"}' });
    const { url, headers } = at(gateway, `/@connections/${connectionId}`, DOMAIN);
    await gateway.request("POST", url, { headers, body: "accepted" });
    expect(await client.next()).toBe("accepted");
  });

  test("by a path without a mapping is forbidden", async () => {
    await using gateway = await startWithDomain();
    const { url, headers } = at(gateway, "/test/@connections/abc=", DOMAIN);
    expect(await gateway.request("GET", url, { headers })).toMatchObject({
      status: 403,
      body: '{"message":"Forbidden"}',
    });
  });
});
