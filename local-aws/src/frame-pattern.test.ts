import { expect, test } from "vitest";
import { matchesPattern } from "./frame-pattern.ts";

test.for([
  ['{"status":"error","requestId":"1"}', true],
  ['{"action":null, "status": "error"}', true],
  ['{"status":"success","result":"error"}', false],
  ['{"result":{"status":"error"}}', false],
  ['["status","error"]', false],
  ['"status"', false],
  ["null", false],
  ['{"status":"error"', false],
] as const)("%s matches { status: error }: %s", ([text, matches]) => {
  expect(matchesPattern(text, { status: "error" })).toBe(matches);
});

test("all members of the pattern must match", () => {
  const pattern = { type: "error", fatal: true };
  expect(matchesPattern('{"type":"error","fatal":true}', pattern)).toBe(true);
  expect(matchesPattern('{"type":"error","fatal":false}', pattern)).toBe(false);
  expect(matchesPattern('{"type":"error"}', pattern)).toBe(false);
});
