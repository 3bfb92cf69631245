import { expect, test } from "vitest";
import { headerForInvocation, parentOf, rootOf } from "./trace-header.ts";

test.for([
  ["Root=1-5759e988-bd862e3fe1be46a994272793", "1-5759e988-bd862e3fe1be46a994272793"],
  ["Self=1-a;Root=1-b;Sampled=0", "1-b"],
  ["Parent=53995c3f42cd8ad8", undefined],
  ["", undefined],
  [undefined, undefined],
])("the root of %s is %s", ([header, root]) => {
  expect(rootOf(header)).toBe(root);
});

test("an invocation keeps the root of the request that caused it, and gets a new parent", () => {
  const header = headerForInvocation("Root=1-a;Parent=b;Sampled=1", 0);
  expect(header).toMatch(/^Root=1-a;Parent=[0-9a-f]{16};Sampled=0$/);
  expect(parentOf(header)).toMatch(/^[0-9a-f]{16}$/);
  expect(parentOf(headerForInvocation("Root=1-a", 0))).not.toBe(parentOf(header));
});

test("an invocation without a request has a root that starts with the time", () => {
  const header = headerForInvocation(undefined, 0x5759e988 * 1000);
  expect(header).toMatch(/^Root=1-5759e988-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
});
