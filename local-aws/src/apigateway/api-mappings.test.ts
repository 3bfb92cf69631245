import { expect, test } from "vitest";
import { createChat, createTestGateway } from "./testing.ts";

const MAPPINGS = "/v2/domainnames/chat.example.com/apimappings";

/** Creates an API with the stages `test` and `beta`, and a domain name. */
async function createDomain(iam: Parameters<typeof createTestGateway>[0] = {}) {
  const gateway = createTestGateway(iam);
  const { apiId, path } = await createChat(gateway);
  for (const stageName of ["test", "beta"])
    await gateway.call("POST", `${path}/stages`, { stageName, autoDeploy: true });
  await gateway.call("POST", "/v2/domainnames", {
    domainName: "chat.example.com",
    domainNameConfigurations: [
      { certificateArn: "arn:aws:acm:us-east-1:111122223333:certificate/1234abcd-12ab" },
    ],
  });
  return { ...gateway, apiId, path };
}

test("creating a mapping returns 201 and an empty key by default", async () => {
  const { call, apiId } = await createDomain();
  const { status, output } = await call("POST", MAPPINGS, { apiId, stage: "test" });
  expect(status).toBe(201);
  expect(output).toEqual({
    apiId,
    apiMappingId: expect.stringMatching(/^[a-z0-9]{7}$/),
    apiMappingKey: "",
    stage: "test",
  });
  expect((await call("GET", `${MAPPINGS}/${String(output["apiMappingId"])}`)).output).toEqual(
    output,
  );
  expect((await call("GET", MAPPINGS)).output).toEqual({ items: [output] });
});

test("an update changes the stage and the key", async () => {
  const { call, apiId } = await createDomain();
  const { output } = await call("POST", MAPPINGS, { apiId, stage: "test", apiMappingKey: "a" });
  const path = `${MAPPINGS}/${String(output["apiMappingId"])}`;
  expect((await call("PATCH", path, { apiId, stage: "beta" })).output).toEqual({
    ...output,
    stage: "beta",
  });
  expect((await call("PATCH", path, { apiId, apiMappingKey: "" })).output).toEqual({
    ...output,
    stage: "beta",
    apiMappingKey: "",
  });
});

test("a domain name has at most one mapping for each key", async () => {
  const { call, apiId } = await createDomain();
  const { output } = await call("POST", MAPPINGS, { apiId, stage: "test", apiMappingKey: "a/b" });
  await call("POST", MAPPINGS, { apiId, stage: "test" });
  const taken = {
    status: 409,
    error: "ConflictException",
    output: { message: "ApiMapping key already exists for this domain name" },
  };
  expect(await call("POST", MAPPINGS, { apiId, stage: "beta" })).toEqual(taken);
  const path = `${MAPPINGS}/${String(output["apiMappingId"])}`;
  expect(await call("PATCH", path, { apiId, apiMappingKey: "" })).toEqual(taken);
  expect(await call("PATCH", path, { apiId, apiMappingKey: "a/b" })).toMatchObject({ status: 200 });
});

test.for(["/", "a/", "/a", "a//b", "a b", "a?b", "x".repeat(301)])(
  "the key %j is refused with BadRequestException",
  async (apiMappingKey) => {
    const { call, apiId } = await createDomain();
    expect(await call("POST", MAPPINGS, { apiId, stage: "test", apiMappingKey })).toMatchObject({
      status: 400,
      error: "BadRequestException",
    });
  },
);

test("the stage and the API of a mapping must exist", async () => {
  const { call, apiId } = await createDomain();
  expect(await call("POST", MAPPINGS, { apiId, stage: "constructor" })).toEqual({
    status: 400,
    error: "BadRequestException",
    output: { message: "Invalid stage identifier specified" },
  });
  expect(await call("POST", MAPPINGS, { apiId: "missing", stage: "test" })).toMatchObject({
    status: 404,
    error: "NotFoundException",
  });
});

test("a mapped stage and its API cannot be deleted before the mapping", async () => {
  const { call, apiId, path } = await createDomain();
  const { output } = await call("POST", MAPPINGS, { apiId, stage: "test" });
  expect(await call("DELETE", path)).toEqual({
    status: 400,
    error: "BadRequestException",
    output: {
      message: `Deleting API ${apiId} failed. Please remove all API mappings for the API from your custom domain names.`,
    },
  });
  expect(await call("DELETE", `${path}/stages/test`)).toMatchObject({
    status: 400,
    error: "BadRequestException",
  });
  expect(await call("DELETE", `${path}/stages/beta`)).toMatchObject({ status: 204 });
  const mapping = `${MAPPINGS}/${String(output["apiMappingId"])}`;
  expect(await call("DELETE", mapping)).toMatchObject({ status: 204 });
  expect(await call("GET", mapping)).toMatchObject({ status: 404, error: "NotFoundException" });
  expect(await call("DELETE", path)).toMatchObject({ status: 204 });
});

test("a caller needs permission for the HTTP method on the ARN of the domain name", async () => {
  const checked: string[] = [];
  const { call } = await createDomain({
    authorize: (_, action, resource) => void checked.push(`${action} ${resource}`),
  });
  checked.length = 0;
  await call("GET", "/v2/domainnames/chat.example.com");
  await call("DELETE", `${MAPPINGS}/abc`);
  expect(checked).toEqual([
    "apigateway:GET arn:aws:apigateway:us-east-1::/domainnames/chat.example.com",
    "apigateway:DELETE arn:aws:apigateway:us-east-1::/domainnames/chat.example.com/apimappings/abc",
  ]);
});
