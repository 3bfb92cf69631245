import { describe, expect, test } from "vitest";
import { fencedBlocks, headings, linkTargets, readDocument } from "./markdown.ts";

const english = readDocument("README.md");
const japanese = readDocument("README.ja.md");

test("the README has fewer than 120 lines", () => {
  expect(english.trimEnd().split("\n").length).toBeLessThan(120);
});

describe("the Japanese README is in step with the English one", () => {
  test("in its blocks of code", () => {
    expect(fencedBlocks(japanese)).toEqual(fencedBlocks(english));
  });

  test("in its headings, by number and level", () => {
    const levels = (text: string) => headings(text).map(({ level }) => level);
    expect(levels(japanese)).toEqual(levels(english));
  });

  test("in what each section links to, and which code it names", () => {
    const sections = (text: string) =>
      text.split(/^## .*$/m).map((section) => ({
        links: linkTargets(section)
          .filter((target) => !/^README(\.ja)?\.md$/.test(target))
          .toSorted(),
        code: inlineCode(section),
      }));
    expect(sections(japanese)).toEqual(sections(english));
  });
});

/** What stands between backticks, each once: languages differ in how often they name a thing. */
function inlineCode(section: string): string[] {
  const spans = section.replaceAll(/^```[^]*?^```$/gm, "").matchAll(/(`+)(.+?)\1(?!`)/g);
  return [...new Set([...spans].map(([, , code = ""]) => code.trim()))].toSorted();
}
