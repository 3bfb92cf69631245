/** What the tests of the documents read of Markdown. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..", "..");

export const readDocument = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Folders whose documents are not ours. */
const FOREIGN = new Set(["node_modules", ".venv", "dist", ".git", ".terraform"]);

/** Every Markdown file of the repository, by its path from the root. */
export function documents(folder = ""): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : documents(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

export interface FencedBlock {
  /** The first word after the fence: `sh`. */
  language: string;
  /** What follows it: the name of a file, or nothing. */
  info: string;
  lines: string[];
}

const FENCED = /^```(\S*) *(.*)\n([^]*?)^```$/gm;

export const fencedBlocks = (text: string): FencedBlock[] =>
  [...text.matchAll(FENCED)].map(([, language = "", info = "", body = ""]) => ({
    language,
    info,
    lines: body.split("\n").slice(0, -1),
  }));

/** The text without its blocks of code. */
const prose = (text: string): string => text.replaceAll(FENCED, "");

/** The text without any code, in which nothing is a link. */
const withoutCode = (text: string): string => prose(text).replaceAll(/`[^`\n]*`/g, "");

/**
 * The anchors that GitHub gives to the headings, such as `add-an-action`.
 * @see https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
 */
export function anchors(text: string): string[] {
  const seen = new Map<string, number>();
  return Array.from(prose(text).matchAll(/^#+ (.+)$/gm), ([, title = ""]) => {
    const slug = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
      .replaceAll(" ", "-");
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

/** The targets of all links, as they are written. */
export const linkTargets = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
