import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { anchors, documents, linkTargets, readDocument, ROOT } from "./markdown.ts";

/** Returns the broken links within the repository. */
function brokenLinks(document: string): string[] {
  const targets = linkTargets(readDocument(document)).filter((target) => !/^\w+:/.test(target));
  return targets.filter((target) => {
    const [path = "", anchor] = target.split("#");
    const file = path === "" ? document : normalize(join(dirname(document), path));
    if (!existsSync(join(ROOT, file))) return true;
    return anchor !== undefined && !anchors(readDocument(file)).includes(anchor);
  });
}

describe("links", () => {
  test.for(documents())("in %s point to existing files and headings", (document) => {
    expect(brokenLinks(document)).toEqual([]);
  });

  test("are found, with their anchors", () => {
    expect(linkTargets("[`a`](b.md#c), `[d](e)`\n```\n[f](g)\n```\n")).toEqual(["b.md#c"]);
    expect(anchors(readDocument("README.md"))).toContain("add-an-action");
  });
});

test("every document can be reached from the README", () => {
  const reached = new Set<string>();
  const visit = (document: string) => {
    if (reached.has(document)) return;
    reached.add(document);
    for (const target of linkTargets(readDocument(document))) {
      const [path = ""] = target.split("#");
      const file = normalize(join(dirname(document), path));
      if (path.endsWith(".md") && existsSync(join(ROOT, file))) visit(file);
    }
  };
  visit("README.md");
  expect(documents().filter((document) => !reached.has(document))).toEqual([]);
});
