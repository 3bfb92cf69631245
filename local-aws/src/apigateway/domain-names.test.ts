import { describe, expect, test } from "vitest";
import { createChat, createTestGateway, type TestGateway } from "./testing.ts";

const CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/1234abcd-12ab";
const DOMAINS = "/v2/domainnames";
const DOMAIN = `${DOMAINS}/chat.example.com`;

const input = (configuration: object = {}) => ({
  domainName: "chat.example.com",
  domainNameConfigurations: [{ certificateArn: CERTIFICATE, ...configuration }],
});

const create = ({ call }: TestGateway) => call("POST", DOMAINS, input());

describe("custom domain names", () => {
  test("creating a domain name returns 201, the status AVAILABLE and the defaults of AWS", async () => {
    const { call } = createTestGateway();
    const { status, output } = await call("POST", DOMAINS, { ...input(), tags: { Team: "a" } });
    expect(status).toBe(201);
    expect(output).toEqual({
      domainName: "chat.example.com",
      domainNameArn: "arn:aws:apigateway:us-east-1::/domainnames/chat.example.com",
      apiMappingSelectionExpression: "$request.basepath",
      domainNameConfigurations: [
        {
          apiGatewayDomainName: expect.stringMatching(
            /^d-[a-z0-9]{10}\.execute-api\.us-east-1\.localhost$/,
          ),
          certificateArn: CERTIFICATE,
          domainNameStatus: "AVAILABLE",
          endpointType: "REGIONAL",
          hostedZoneId: expect.stringMatching(/^Z[A-Z0-9]+$/),
          ipAddressType: "ipv4",
          securityPolicy: "TLS_1_2",
        },
      ],
      routingMode: "API_MAPPING_ONLY",
      tags: { Team: "a" },
    });
    expect((await call("GET", DOMAIN)).output).toEqual(output);
    expect((await call("GET", DOMAINS)).output).toEqual({ items: [output] });
  });

  test("an update changes the certificate and the IP address type, and nothing else", async () => {
    const gateway = createTestGateway();
    const { output } = await create(gateway);
    const { domainNameConfigurations } = input({ ipAddressType: "dualstack" });
    const changed = await gateway.call("PATCH", DOMAIN, { domainNameConfigurations });
    expect(changed).toMatchObject({
      status: 200,
      output: { ...output, domainNameConfigurations: [{ ipAddressType: "dualstack" }] },
    });
    expect((await gateway.call("PATCH", DOMAIN, {})).output).toEqual(changed.output);
  });

  test("a domain name can be created only once", async () => {
    const gateway = createTestGateway();
    await create(gateway);
    expect(await create(gateway)).toEqual({
      status: 400,
      error: "BadRequestException",
      output: { message: "The domain name you provided already exists." },
    });
  });

  test.for([
    { wrong: "a second configuration", change: [{}, {}], message: "Expected one domain name" },
    { wrong: "no configuration", change: [], message: "Expected one domain name configuration" },
    {
      wrong: "another region's certificate",
      change: [{ certificateArn: CERTIFICATE.replace("us-east-1", "eu-west-1") }],
      message: "Certificate must be in 'us-east-1'.",
    },
    {
      wrong: "a server certificate of IAM",
      change: [{ certificateArn: "arn:aws:iam::111122223333:server-certificate/chat" }],
      message: "Invalid certificate ARN: arn:aws:iam::111122223333:server-certificate/chat.",
    },
  ])("$wrong is refused with BadRequestException", async ({ change, message }) => {
    const { call } = createTestGateway();
    const domainNameConfigurations = change.map((one) => ({ certificateArn: CERTIFICATE, ...one }));
    const response = await call("POST", DOMAINS, { ...input(), domainNameConfigurations });
    expect(response).toMatchObject({ status: 400, error: "BadRequestException" });
    expect(response.output["message"]).toContain(message);
  });

  test.for(["localhost", "127.0.0.1", "Chat.example.com", "chat_.example.com", "a..b", "-a.b", ""])(
    "%j is not a domain name",
    async (domainName) => {
      const { call } = createTestGateway();
      expect(await call("POST", DOMAINS, { ...input(), domainName })).toMatchObject({
        status: 400,
        error: "BadRequestException",
      });
    },
  );

  test.for([
    { what: "a wildcard", change: { domainName: "*.example.com" } },
    { what: "mutual TLS", change: { mutualTlsAuthentication: { truststoreUri: "s3://a/b" } } },
    { what: "an edge-optimized endpoint", change: input({ endpointType: "EDGE" }) },
    { what: "TLS 1.0", change: input({ securityPolicy: "TLS_1_0" }) },
    { what: "routing rules", change: { routingMode: "ROUTING_RULE_ONLY" } },
  ])("$what is refused with 501", async ({ change }) => {
    const { call } = createTestGateway();
    expect(await call("POST", DOMAINS, { ...input(), ...change })).toMatchObject({ status: 501 });
  });

  test.each(["GET", "PATCH", "DELETE"])("%s of an unknown name returns 404", async (method) => {
    const { call } = createTestGateway();
    expect(await call(method, `${DOMAINS}/constructor`)).toEqual({
      status: 404,
      error: "NotFoundException",
      output: { message: "Invalid domain name identifier specified" },
    });
  });

  test("deleting a domain name deletes its mappings", async () => {
    const gateway = createTestGateway();
    const { apiId, path } = await createChat(gateway);
    await gateway.call("POST", `${path}/stages`, { stageName: "test", autoDeploy: true });
    await create(gateway);
    await gateway.call("POST", `${DOMAIN}/apimappings`, { apiId, stage: "test" });
    expect(await gateway.call("DELETE", DOMAIN)).toMatchObject({ status: 204 });
    expect(await gateway.call("GET", DOMAIN)).toMatchObject({ status: 404 });
    expect(await gateway.call("DELETE", path)).toMatchObject({ status: 204 });
  });

  test("a domain name is tagged by its ARN", async () => {
    const gateway = createTestGateway();
    const { output } = await create(gateway);
    const tags = `/v2/tags/${encodeURIComponent(String(output["domainNameArn"]))}`;
    await gateway.call("POST", tags, { tags: { Team: "a", Stage: "b" } });
    await gateway.call("DELETE", `${tags}?tagKeys=Stage`);
    expect((await gateway.call("GET", tags)).output).toEqual({ tags: { Team: "a" } });
    expect((await gateway.call("GET", DOMAIN)).output).toMatchObject({ tags: { Team: "a" } });
  });
});
