/** Parses the Markdown documents for tests. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "..", "..");

export const readDocument = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Folders with documents of others. */
const FOREIGN = new Set(["node_modules", ".venv", "dist", ".git", ".terraform"]);

/** Returns the paths of all Markdown files, relative to the root of the repository. */
export function documents(folder = ""): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : documents(path);
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

export interface FencedBlock {
  /** The first word after the fence, such as `sh`. */
  language: string;
  /** The rest of the line: a file name, or empty. */
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

/** Removes blocks of code. */
const prose = (text: string): string => text.replaceAll(FENCED, "");

/** Removes all code, which contains no links. */
const withoutCode = (text: string): string => prose(text).replaceAll(/`[^`\n]*`/g, "");

/**
 * Returns the anchors that GitHub creates for the headings, such as `add-an-action`.
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

/** Returns the targets of all links. */
export const linkTargets = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = ""]) => target);
