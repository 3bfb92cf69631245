import { expect, test } from "vitest";
import { redeploy } from "./apigateway/testing.ts";
import { API_ID, createTestApi, createTestDomain } from "./execute-api/testing-api.ts";
import { emptyState, regionOf } from "./state.ts";
import { stageUrls, webSocketUrl } from "./web-socket-url.ts";

const ENDPOINT = "http://localhost:1";

/**
 * Returns a state with an API of each name, whose ID is its name in lower case. Each has the stage
 * `test`.
 */
function stateWith(...names: string[]) {
  const state = emptyState();
  for (const name of names) {
    const { api } = createTestApi();
    const apiId = name.toLowerCase();
    regionOf(state, "us-east-1").apigateway.apis[apiId] = { ...api, apiId, name };
  }
  return state;
}

test("the URL of a stage that only one API has needs no API name", () => {
  const url = "ws://localhost:1/_aws/execute-api/chat/test";
  expect(webSocketUrl(stateWith("Chat"), ENDPOINT, "test")).toBe(url);
});

test("the URL of a stage that several APIs have needs the name or the ID of an API", () => {
  const state = stateWith("Chat", "Shop");
  expect(() => webSocketUrl(state, ENDPOINT, "test")).toThrow(
    'There is more than one WebSocket API with the stage "test". Pass the name or the ID of one as apiName. APIs: "Chat" (ID chat, us-east-1, stages: test), "Shop" (ID shop, us-east-1, stages: test).',
  );
  for (const apiName of ["Shop", "shop"])
    expect(webSocketUrl(state, ENDPOINT, "test", apiName)).toContain("/shop/test");
});

test("an unknown stage is an error that lists the APIs", () => {
  expect(() => webSocketUrl(stateWith("Chat"), ENDPOINT, "production")).toThrow(
    'There is no WebSocket API with the stage "production". APIs: "Chat" (ID chat, us-east-1, stages: test).',
  );
  expect(() => webSocketUrl(stateWith("Chat"), ENDPOINT, "test", "Shop")).toThrow(
    'There is no WebSocket API "Shop" with the stage "test".',
  );
  expect(() => webSocketUrl(stateWith("Chat"), ENDPOINT, "constructor")).toThrow("There is no");
  expect(() => webSocketUrl(emptyState(), ENDPOINT, "test")).toThrow("No WebSocket API exists.");
});

test("a stage whose execute-api endpoint is disabled has the URL of its custom domain name", () => {
  const state = emptyState();
  const { api } = createTestApi();
  const { apigateway } = regionOf(state, "us-east-1");
  apigateway.apis[API_ID] = api;
  const domain = createTestDomain("chat.example.com", { orders: "test" });
  apigateway.domainNames = { [domain.domainName]: domain };
  expect(webSocketUrl(state, ENDPOINT, "test")).toContain(`/${API_ID}/test`);
  const shortUrl = () => stageUrls(state, ENDPOINT)[0]?.shortUrl;
  api.disableExecuteApiEndpoint = true;
  expect(webSocketUrl(state, ENDPOINT, "test")).toContain(`/${API_ID}/test`);
  expect(shortUrl()).toBe("ws://localhost:1/test");
  redeploy(api);
  expect(shortUrl()).toBeUndefined();
  const url = "ws://localhost:1/_aws/execute-api/chat.example.com/orders";
  expect(webSocketUrl(state, ENDPOINT, "test")).toBe(url);
  domain.apiMappings["mapping0"] = {
    apiMappingId: "mapping0",
    apiId: API_ID,
    stage: "test",
    apiMappingKey: "",
  };
  expect(webSocketUrl(state, ENDPOINT, "test")).toBe(
    "ws://localhost:1/_aws/execute-api/chat.example.com",
  );
});
