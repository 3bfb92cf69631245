import { expect, test } from "vitest";
import { emptyState, regionOf } from "../state.ts";
import { createPublishedStages } from "./published-stages.ts";
import { API_ID, createTestApi } from "./testing-api.ts";

function createState() {
  const state = emptyState();
  const { api, stage } = createTestApi();
  regionOf(state, "us-east-1");
  const { apis } = regionOf(state, "eu-west-1").apigateway;
  apis[API_ID] = api;
  return { api, apis, stage, stages: createPublishedStages(state) };
}

test("a stage is found in any region", () => {
  const { api, stage, stages } = createState();
  expect(stages.find(API_ID, "test")?.current()).toMatchObject({
    api,
    stage,
    region: "eu-west-1",
    arn: `arn:aws:execute-api:eu-west-1:000000000000:${API_ID}/test`,
  });
});

test.for([
  [API_ID, "other"],
  [API_ID, "constructor"],
  ["constructor", "test"],
])("there is no stage %j", ([apiId = "", stageName = ""]) => {
  expect(createState().stages.find(apiId, stageName)).toBeUndefined();
});

test("a reference sees a changed stage, and not a deleted one", () => {
  const { api, apis, stage, stages } = createState();
  const reference = stages.find(API_ID, "test");
  api.stages["test"] = { ...stage, description: "changed" };
  expect(reference?.current()?.stage.description).toBe("changed");
  delete api.stages["test"];
  expect(reference?.current()).toBeUndefined();
  expect(stages.find(API_ID, "test")).toBeUndefined();
  api.stages["test"] = stage;
  expect(reference?.current()?.stage).toBe(stage);
  delete apis[API_ID];
  expect(reference?.current()).toBeUndefined();
});
