import { expect, test } from "vitest";
import type { Api, ApiRoute } from "../apigateway/state.ts";
import { selectRoute } from "./route-selection.ts";

const route = (routeKey: string): ApiRoute => ({
  routeId: routeKey,
  routeKey,
  authorizationType: "NONE",
  apiKeyRequired: false,
  routeResponses: {},
});

function createApi(routeSelectionExpression: string, ...routeKeys: string[]): Api {
  return {
    apiId: "chat000000",
    name: "chat",
    protocolType: "WEBSOCKET",
    routeSelectionExpression,
    apiKeySelectionExpression: "$request.header.x-api-key",
    createdDate: "2026-01-01T00:00:00Z",
    tags: {},
    integrations: {},
    routes: Object.fromEntries(routeKeys.map((routeKey) => [routeKey, route(routeKey)])),
    authorizers: {},
    models: {},
    deployments: {},
    stages: {},
  };
}

const select = (api: Api, message: string) => selectRoute(api, message)?.routeKey;

test.for<[string, string]>([
  ["the exact key", '{"action":"echo"}'],
  ["with spaces around", ' {"action" : "echo"} '],
  ["the last of two", '{"action":"other","action":"echo"}'],
])("a route is selected by its key: %s", ([, message]) => {
  const api = createApi("$request.body.action", "$connect", "$default", "echo");
  expect(select(api, message)).toBe("echo");
});

test.for<[string, string]>([
  ["an unknown key", '{"action":"unknown"}'],
  ["another case", '{"action":"Echo"}'],
  ["no key", "{}"],
  ["an empty key", '{"action":""}'],
  ["text that is not JSON", "echo"],
  ["nothing", ""],
  ["null", "null"],
  ["a text", '"echo"'],
  ["a number as key", '{"action":1}'],
  ["a list as key", '{"action":["echo"]}'],
  ["a member that every object inherits", '{"__proto__":{"action":"echo"}}'],
  ["a key that means $default", '{"action":"$default"}'],
  ["a key that means $connect", '{"action":"$connect"}'],
  ["a key that means $disconnect", '{"action":"$disconnect"}'],
])("$default is selected by %s", ([, message]) => {
  const api = createApi("$request.body.action", "$connect", "$disconnect", "$default", "echo");
  expect(select(api, message)).toBe("$default");
});

test("without $default, a message that matches no route has no route", () => {
  const api = createApi("$request.body.action", "$connect", "echo");
  expect(select(api, '{"action":"unknown"}')).toBeUndefined();
  expect(select(api, '{"action":"$connect"}')).toBeUndefined();
});

test.for(["$request.body.a.b", "${request.body.a.b}"])(
  "a path can have several levels: %s",
  (expression) => {
    const api = createApi(expression, "$default", "echo");
    expect(select(api, '{"a":{"b":"echo"}}')).toBe("echo");
    expect(select(api, '{"a":"echo"}')).toBe("$default");
  },
);
