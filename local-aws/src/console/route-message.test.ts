import { expect, test } from "vitest";
import { createTestApi, addRoute } from "../execute-api/testing-api.ts";
import { selectRoute } from "../execute-api/route-selection.ts";
import { inOrder, messageFor } from "./page/route-message.ts";

test.for([
  ["join", "$request.body.action", '{"action":"join"}'],
  ["join", "${request.body.action}", '{"action":"join"}'],
  ["join", "$request.body.message.type", '{"message":{"type":"join"}}'],
  ['a "quoted" key', "$request.body.action", '{"action":"a \\"quoted\\" key"}'],
  ["$default", "$request.body.action", "hello"],
] as const)("the message for %s of %s selects the route", ([key, expression, message]) => {
  const { api } = createTestApi();
  addRoute(api, key);
  api.routeSelectionExpression = expression;
  expect(messageFor(key, expression)).toBe(message);
  expect(selectRoute(api, message)?.routeKey).toBe(key);
});

test.for([
  ["$connect", "$request.body.action"],
  ["$disconnect", "$request.body.action"],
  ["join", "$request.header.action"],
] as const)("there is no message for %s of %s", ([key, expression]) => {
  expect(messageFor(key, expression)).toBeUndefined();
});

test("the route keys of API Gateway are last", () => {
  expect(inOrder(["$disconnect", "send", "$default", "$connect", "join"])).toEqual([
    "join",
    "send",
    "$default",
    "$connect",
    "$disconnect",
  ]);
});
