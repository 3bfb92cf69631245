import { describe, expect, test } from "vitest";
import { questions } from "../conformance/questions/index.ts";
import { accountTables, stackTables } from "../conformance/tables.ts";
import { readDocument } from "./markdown.ts";

const contract = readDocument("docs/aws-contract.md");

/** The cells of all table rows whose first cell matches. */
const rowsOf = (id: RegExp): string[][] =>
  contract
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(" | "))
    .filter(([first = ""]) => id.test(first));

const sources = rowsOf(/^[A-Z]{2,3}$/).map(([tag = "", source = ""]) => ({
  tag,
  urls: Array.from(source.matchAll(/\]\((https:[^)]+)\)/g), ([, url = ""]) => url),
}));
const facts = rowsOf(/^[A-Z]{3}-\d+$/);
const openQuestions = rowsOf(/^OPEN-\d+$/);
/** The tags of `ST:lambda/event_invocation, LD`, for each fact. */
const citedTags = facts.flatMap(([, , citations = ""]) =>
  citations.split(", ").map((citation) => citation.split(":")[0] ?? ""),
);
const ids = [...facts, ...openQuestions].map(([id]) => id);
const suite = [...stackTables, ...accountTables].flatMap(({ rows }) => rows);

describe("the contract with AWS", () => {
  test("has a unique ID for each fact", () => {
    expect(facts.length).toBeGreaterThan(60);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test("names a listed source for each fact", () => {
    const tags = sources.map(({ tag }) => tag);
    expect(citedTags.filter((tag) => !tags.includes(tag))).toEqual([]);
  });

  test("lists every source that the conformance suite cites", () => {
    const urls = sources.flatMap((source) => source.urls);
    const isListed = (source: string) => urls.some((url) => source.startsWith(url));
    expect(suite.map(({ source }) => source).filter((source) => !isListed(source))).toEqual([]);
  });

  test("lists only sources that a fact or the conformance suite cites", () => {
    const isUsed = ({ tag, urls }: (typeof sources)[number]) =>
      citedTags.includes(tag) ||
      suite.some(({ source }) => urls.some((url) => source.startsWith(url)));
    expect(sources.filter((source) => !isUsed(source))).toEqual([]);
  });

  test("has all facts that the conformance suite cites", () => {
    const cited = suite.flatMap(({ fact }) => fact ?? []);
    expect(cited.filter((fact) => !ids.includes(fact))).toEqual([]);
  });

  test("has a procedure for each open question", () => {
    const asked = new Set<string | undefined>(questions.map(({ settles }) => settles));
    expect(asked).toEqual(new Set(openQuestions.map(([id]) => id)));
    for (const { settles, question } of questions) {
      const [, text = ""] = openQuestions.find(([id]) => id === settles) ?? [];
      expect(text.replaceAll("`", "")).toContain(question.replace(/[.?]$/, ""));
    }
  });
});
