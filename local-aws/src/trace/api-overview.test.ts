import { expect, test } from "vitest";
import { createTestApi } from "../execute-api/testing-api.ts";
import { emptyState, regionOf } from "../state.ts";
import { apiOverviews } from "./api-overview.ts";

test("an API has its stages, and a stage has the routes of its deployment", () => {
  const state = emptyState();
  const { api, stage } = createTestApi();
  api.stages["next"] = { ...stage, stageName: "next", deploymentId: "none" };
  api.routeSelectionExpression = "$request.body.changed";
  api.routes = {};
  regionOf(state, "us-east-1").apigateway.apis[api.apiId] = api;
  regionOf(state, "eu-west-1").apigateway.apis["other"] = {
    ...createTestApi().api,
    apiId: "other",
    stages: {},
  };
  const url = `ws://localhost:1/_aws/execute-api/${api.apiId}`;
  expect(apiOverviews(state, "http://localhost:1")).toEqual([
    {
      apiId: api.apiId,
      name: "chat",
      region: "us-east-1",
      stages: [
        {
          name: "test",
          url: `${url}/test`,
          routeSelectionExpression: "$request.body.action",
          routeKeys: ["$connect", "$disconnect", "$default"],
        },
        {
          name: "next",
          url: `${url}/next`,
          routeSelectionExpression: "$request.body.changed",
          routeKeys: [],
        },
      ],
    },
    { apiId: "other", name: "chat", region: "eu-west-1", stages: [] },
  ]);
});
