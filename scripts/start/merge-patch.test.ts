import { expect, test } from "vitest";
import { applyMergePatch, mergePatch } from "./merge-patch.ts";

// From the appendix of RFC 7396.
test.for<[unknown, unknown, unknown]>([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("%j with the patch %j is %j", ([target, patch, result]) => {
  expect(applyMergePatch(target, patch)).toEqual(result);
});

test("a patch contains only the differences", () => {
  const from = { same: { a: [1] }, changed: { b: 1, c: 1 }, gone: 1, list: [1, 2] };
  const to = { same: { a: [1] }, changed: { b: 1, c: 2, d: {} }, list: [1] };
  const patch = { changed: { c: 2, d: {} }, gone: null, list: [1] };
  expect(mergePatch(from, to)).toEqual(patch);
  expect(applyMergePatch(from, patch)).toEqual(to);
  expect(mergePatch(from, structuredClone(from))).toBeUndefined();
});
