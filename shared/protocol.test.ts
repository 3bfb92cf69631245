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

test("what of a request is unknown is left out of it", () => {
  const parsed = v.parse(Request, { action: "echo", data: 1, connectionId: "stolen" });
  expect(parsed).toEqual({ action: "echo", data: 1 });
});

test("a job of another version is taken: without optional keys, and with ones that aren't known", () => {
  const job = { connectionId: "c", requestId: "1", action: "echo" };
  expect(v.parse(Job, job)).toEqual(job);
  expect(v.parse(Job, { ...job, subject: "ada", data: 1, addedLater: true })).toEqual({
    ...job,
    subject: "ada",
    data: 1,
  });
});

test.for<[unknown, string]>([
  [[], "the message: must be an object, not an array"],
  [null, "the message must be an object"],
  ["text", "the message must be an object"],
  [{}, "action is required"],
  [{ action: 1 }, "action must be a string"],
  [{ action: "" }, "action: Invalid length: Expected >=1 but received 0"],
  [{ action: "echo", requestId: {} }, "requestId must be a string"],
])("%j is refused with a sentence that names the field", ([message, sentence]) => {
  const { issues } = v.safeParse(Request, message);
  expect(issues && describeIssue(issues[0], "message")).toBe(sentence);
});

test.for<[unknown, ReturnType<typeof identify>]>([
  [undefined, { action: null, requestId: null }],
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
])("of %j, each valid field is known on its own", ([message, known]) => {
  expect(identify(message)).toEqual(known);
});
