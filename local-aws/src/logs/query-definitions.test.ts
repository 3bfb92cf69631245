import { beforeEach, expect, test } from "vitest";
import { permissiveIam } from "../iam/testing.ts";
import { createManualClock, type ManualClock } from "../manual-clock.ts";
import { callJson } from "../protocols/testing.ts";
import { emptyState } from "../state.ts";
import { createLogs, type Logs } from "./index.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let clock: ManualClock;
let logs: Logs;

const call = async (operation: string, input: object) => {
  const { status, output } = await callJson(logs.service, `Logs_20140328.${operation}`, input);
  return { status, output: output as Record<string, unknown> };
};
const put = async (input: object) => {
  const { status, output } = await call("PutQueryDefinition", { queryString: "limit 1", ...input });
  expect({ status, output }).toMatchObject({ status: 200 });
  return output["queryDefinitionId"];
};

beforeEach(() => {
  clock = createManualClock();
  logs = createLogs({ state: emptyState(), clock, iam: permissiveIam });
});

test("a query is returned as it was saved, until it is deleted", async () => {
  const query = { name: "chat/errors", queryString: "limit 20", logGroupNames: ["b", "a"] };
  const queryDefinitionId = await put({ ...query, clientToken: "0".repeat(36) });
  expect(queryDefinitionId).toMatch(UUID);
  const saved = { ...query, queryDefinitionId, queryLanguage: "CWLI", lastModified: clock.now() };
  expect(await call("DescribeQueryDefinitions", {})).toMatchObject({
    output: { queryDefinitions: [saved] },
  });
  expect(await call("DeleteQueryDefinition", { queryDefinitionId })).toEqual({
    status: 200,
    output: { success: true },
  });
  expect(await call("DescribeQueryDefinitions", {})).toEqual({
    status: 200,
    output: { queryDefinitions: [] },
  });
});

test("an update replaces the whole query, also its log groups", async () => {
  const queryDefinitionId = await put({ name: "chat/errors", logGroupNames: ["a"] });
  clock.advance(1000);
  expect(await put({ name: "chat/all", queryDefinitionId })).toBe(queryDefinitionId);
  const { output } = await call("DescribeQueryDefinitions", {});
  expect(output["queryDefinitions"]).toMatchObject([
    { name: "chat/all", logGroupNames: [], lastModified: clock.now() },
  ]);
});

test("queries are listed by the beginning of their name, in pages", async () => {
  for (const name of ["chat/b", "chat/a", "other"]) await put({ name });
  const prefix = { queryDefinitionNamePrefix: "chat/", maxResults: 1 };
  const first = await call("DescribeQueryDefinitions", prefix);
  expect(first.output).toMatchObject({ queryDefinitions: [{ name: "chat/a" }] });
  const { nextToken } = first.output;
  const second = await call("DescribeQueryDefinitions", { ...prefix, nextToken });
  expect(second.output).toMatchObject({ queryDefinitions: [{ name: "chat/b" }] });
  expect(second.output["nextToken"]).toBeUndefined();
});

test.for<[string, object]>([
  ["PutQueryDefinition", { name: "a", queryString: "limit 1", queryDefinitionId: "constructor" }],
  ["DeleteQueryDefinition", { queryDefinitionId: "missing" }],
])("%s of a query that does not exist fails", async ([operation, input]) => {
  expect(await call(operation, input)).toEqual({
    status: 400,
    output: {
      __type: "ResourceNotFoundException",
      message: "The specified query definition does not exist.",
    },
  });
});

test.for<[string, object, number]>([
  ["PutQueryDefinition", { name: "", queryString: "limit 1" }, 400],
  ["PutQueryDefinition", { name: "a", queryString: "x".repeat(10_001) }, 400],
  ["PutQueryDefinition", { name: "a", queryString: "SELECT 1", queryLanguage: "SQL" }, 501],
  ["DescribeQueryDefinitions", { maxResults: 1001 }, 400],
  ["StartQuery", { queryString: "limit 1" }, 501],
])("%s of %j is refused with %i", async ([operation, input, status]) => {
  expect(await call(operation, input)).toMatchObject({ status });
});
