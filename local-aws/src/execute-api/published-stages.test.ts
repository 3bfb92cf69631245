import { expect, test } from "vitest";
import { createChat, createTestGateway, FUNCTION_URI, redeploy } from "../apigateway/testing.ts";
import type { Api } from "../apigateway/state.ts";
import { emptyState, regionOf } from "../state.ts";
import { createCustomDomains } from "./custom-domains.ts";
import { createPublishedStages } from "./published-stages.ts";
import { API_ID, createTestApi, createTestDomain } from "./testing-api.ts";

const STAGE_PATH = `${API_ID}/test`;

function createState() {
  const state = emptyState();
  const { api, stage } = createTestApi();
  regionOf(state, "us-east-1");
  const { apigateway } = regionOf(state, "eu-west-1");
  apigateway.apis[API_ID] = api;
  const domain = createTestDomain("chat.example.com", { "": "test", "orders/v1": "test" });
  apigateway.domainNames = { [domain.domainName]: domain };
  const stages = createPublishedStages(state, createCustomDomains(state));
  const apis: Record<string, Api> = apigateway.apis;
  return { api, apis, domain, stage, stages };
}

test("a stage is found in any region", () => {
  const { api, stage, stages } = createState();
  const found = stages.find(STAGE_PATH);
  expect(found?.domainName).toBeUndefined();
  expect(found?.stage.current()).toMatchObject({
    apiId: API_ID,
    api: { routes: api.routes },
    stage,
    region: "eu-west-1",
    arn: `arn:aws:execute-api:eu-west-1:000000000000:${API_ID}/test`,
  });
});

test.for([
  `${API_ID}/other`,
  `${API_ID}/constructor`,
  "constructor/test",
  API_ID,
  `${API_ID}/`,
  `${API_ID}/test/more`,
  "chat.example.com/other",
  "chat.example.com/test",
  "chat.example.com/orders",
  "other.example.com",
])("there is no stage at %j", (path) => {
  expect(createState().stages.find(path)).toBeUndefined();
});

test("a reference returns a changed stage, but not a deleted one", () => {
  const { api, apis, stage, stages } = createState();
  const reference = stages.find(STAGE_PATH)?.stage;
  api.stages["test"] = { ...stage, description: "changed" };
  expect(reference?.current()?.stage.description).toBe("changed");
  delete api.stages["test"];
  expect(reference?.current()).toBeUndefined();
  expect(stages.find(STAGE_PATH)).toBeUndefined();
  api.stages["test"] = stage;
  expect(reference?.current()?.stage).toBe(stage);
  delete apis[API_ID];
  expect(reference?.current()).toBeUndefined();
});

test.for(["chat.example.com", "chat.example.com/orders/v1"])(
  "the path %j of a custom domain name has the stage of its mapping",
  (path) => {
    const { stage, stages } = createState();
    const found = stages.find(path);
    expect(found?.domainName).toBe("chat.example.com");
    expect(found?.stage.current()).toMatchObject({ stage, apiId: API_ID });
  },
);

test("a path does not exist any more after its mapping or stage was deleted", () => {
  const { api, domain, stages } = createState();
  domain.apiMappings = Object.fromEntries(
    Object.entries(domain.apiMappings).filter(([, { apiMappingKey }]) => apiMappingKey === ""),
  );
  expect(stages.find("chat.example.com/orders/v1")).toBeUndefined();
  delete api.stages["test"];
  expect(stages.find("chat.example.com")).toBeUndefined();
});

test("an API whose execute-api endpoint is disabled is only found by a custom domain name", () => {
  const { api, stages } = createState();
  api.disableExecuteApiEndpoint = true;
  redeploy(api);
  expect(stages.find(STAGE_PATH)).toBeUndefined();
  expect(stages.find("chat.example.com")).toBeDefined();
});

test("a stage is found by its name if no other API has a stage with that name", () => {
  const { api, apis, stage, stages } = createState();
  expect(stages.findByName("test")?.stage.current()).toMatchObject({ apiId: API_ID, stage });
  expect(stages.findByName("other")).toBeUndefined();
  expect(stages.findByName("constructor")).toBeUndefined();
  apis["other"] = { ...api, apiId: "other" };
  expect(stages.findByName("test")).toBeUndefined();
  delete apis["other"];
  api.disableExecuteApiEndpoint = true;
  redeploy(api);
  expect(stages.findByName("test")).toBeUndefined();
});

/** Creates an API by the control plane, with a stage without `autoDeploy`. */
async function createManualStage() {
  const gateway = createTestGateway();
  const { path, apiId, routeId } = await createChat(gateway);
  const deploy = async () =>
    String((await gateway.call("POST", `${path}/deployments`, {})).output["deploymentId"]);
  const update = (input: object) => gateway.call("PATCH", `${path}/stages/manual`, input);
  const stages = createPublishedStages(gateway.state, createCustomDomains(gateway.state));
  await gateway.call("POST", `${path}/stages`, { stageName: "manual" });
  const find = () => stages.find(`${apiId}/manual`)?.stage;
  return { gateway, path, routeId, deploy, update, find };
}

test("a stage without a deployment is not found", async () => {
  const { find, deploy, update } = await createManualStage();
  const deploymentId = await deploy();
  expect(find()).toBeUndefined();
  await update({ deploymentId });
  expect(find()?.current()).toBeDefined();
});

test("a stage serves the API as it was at its deployment", async () => {
  const { gateway, path, routeId, find, deploy, update } = await createManualStage();
  const first = await deploy();
  await update({ deploymentId: first });
  const reference = find();
  const served = () => {
    const { integrations = {}, routes = {} } = reference?.current()?.api ?? {};
    return {
      routes: Object.values(routes).map(({ routeKey }) => routeKey),
      uris: Object.values(integrations).map(({ integrationUri }) => integrationUri),
    };
  };
  const before = { routes: ["$connect"], uris: [FUNCTION_URI] };
  expect(served()).toEqual(before);

  const other = FUNCTION_URI.replace("function:handler", "function:other");
  const [integrationId = ""] = Object.keys(reference?.current()?.api.integrations ?? {});
  await gateway.call("PATCH", `${path}/integrations/${integrationId}`, { integrationUri: other });
  await gateway.call("POST", `${path}/routes`, { routeKey: "$default" });
  await gateway.call("DELETE", `${path}/routes/${routeId}`);
  expect(served()).toEqual(before);

  await update({ deploymentId: await deploy() });
  const after = { routes: ["$default"], uris: [other] };
  expect(served()).toEqual(after);
  await update({ deploymentId: first });
  expect(served()).toEqual(before);
  await update({ autoDeploy: true });
  expect(served()).toEqual(after);
});
