import { expect, test } from "vitest";
import { fencedBlocks, readDocument } from "./markdown.ts";

test("the English and the Japanese README have the same blocks of code", () => {
  const blocks = fencedBlocks(readDocument("README.md"));
  expect(blocks.length).toBeGreaterThan(5);
  expect(fencedBlocks(readDocument("README.ja.md"))).toEqual(blocks);
});
