import * as v from "valibot";
import { expect, test } from "vitest";
import { describeIssue, failure, identify, Job, Request, success } from "./protocol.ts";

test("replies have the documented key order", () => {
  expect(Object.keys(success({ action: "echo", requestId: "1" }, 2))).toEqual([
    "action",
    "status",
    "result",
    "requestId",
  ]);
  expect(Object.keys(failure({ action: null, requestId: "1" }, "INVALID_JSON", "no"))).toEqual([
    "action",
    "status",
    "error",
    "requestId",
  ]);
});

test("unknown keys of a request are removed", () => {
  const parsed = v.parse(Request, { action: "echo", data: 1, connectionId: "stolen" });
  expect(parsed).toEqual({ action: "echo", data: 1 });
});

test("a job of another version is valid: without optional keys, and with unknown ones", () => {
  const job = { connectionId: "c", requestId: "1", action: "echo" };
  expect(v.parse(Job, job)).toEqual(job);
  expect(v.parse(Job, { ...job, subject: "ada", data: 1, addedLater: true })).toEqual({
    ...job,
    subject: "ada",
    data: 1,
  });
});

test.for<[unknown, string]>([
  [[], "the message: Expected an object, not an array"],
  [null, "the message must be an object"],
  ["text", "the message must be an object"],
  [undefined, "the message must be an object"],
  [{}, "action is required"],
  [{ action: 1 }, "action must be a string"],
  [{ action: "" }, "action: Invalid length: Expected >=1 but received 0"],
  [{ action: "echo", requestId: {} }, "requestId must be a string"],
])("%j is rejected with a sentence that names the field", ([message, sentence]) => {
  const { issues } = v.safeParse(Request, message);
  expect(issues && describeIssue(issues[0], "message")).toBe(sentence);
});

test.for<[string, v.GenericSchema, unknown]>([
  ["data must be a string", v.string(), undefined],
  ["data.by must be a number", v.object({ by: v.number() }), { by: true }],
  ["data.by is required", v.object({ by: v.number() }), {}],
  ["data must be an array", v.array(v.string()), {}],
  ["data.on must be a date", v.object({ on: v.date() }), { on: 1 }],
  ["data.extra is not allowed", v.strictObject({}), { extra: 1 }],
  ["data is not allowed", v.never(), undefined],
  ["data must be undefined", v.undefined(), 1],
  ["data must be 1", v.literal(1), 2],
  ["data must be 1.5", v.literal(1.5), 2],
  ['data must be ("a" | "b")', v.picklist(["a", "b"]), "c"],
  ["data must be !null", v.nonNullable(v.unknown()), null],
  ["data must be (string | Date)", v.union([v.string(), v.date()]), 1],
  ["data: Invalid integer: Received 1.5", v.pipe(v.number(), v.integer()), 1.5],
])("invalid data is described: %s", ([sentence, schema, data]) => {
  const { issues } = v.safeParse(schema, data);
  expect(issues && describeIssue(issues[0], "data")).toBe(sentence);
});

test.for<[unknown, ReturnType<typeof identify>]>([
  [undefined, { action: null, requestId: null }],
  [null, { action: null, requestId: null }],
  ["text", { action: null, requestId: null }],
  [
    { action: "echo", requestId: "1" },
    { action: "echo", requestId: "1" },
  ],
  [
    { action: 1, requestId: "1" },
    { action: null, requestId: "1" },
  ],
  [
    { action: "echo", requestId: "x".repeat(129) },
    { action: "echo", requestId: null },
  ],
  [
    { action: "x".repeat(129), requestId: "" },
    { action: null, requestId: null },
  ],
  [
    { action: "", requestId: "x".repeat(128) },
    { action: null, requestId: "x".repeat(128) },
  ],
])("identify returns each valid field of %j", ([message, known]) => {
  expect(identify(message)).toEqual(known);
});
