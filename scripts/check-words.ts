/**
 * A part of `npm run check`: finds words that readers do not search for or that have a common technical
 * term, in the names and the text of all files of the repository, and says what to write instead. With
 * files as arguments, as in the pre-commit hook, it reads only these.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { findWords } from "./words.ts";

const ROOT = join(import.meta.dirname, "..");

/** The list of the words and the tests contain them all. The lock file contains names of packages. */
const LEFT_OUT = new Set([
  "scripts/words.ts",
  "scripts/words.test.ts",
  "scripts/check-words.test.ts",
  "package-lock.json",
]);

/** Returns the files of the repository, also those that are not added yet. */
function filesOfRepository(): string[] {
  const git = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (git.error !== undefined || git.status !== 0) {
    console.log("Skipped the word check: this is not a Git repository, or git is not installed.");
    process.exit(process.env["CI"] === "true" ? 1 : 0);
  }
  return git.stdout.split("\0");
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() === true;

const given = process.argv.slice(2).map((file) => relative(ROOT, file));
let count = 0;
for (const file of new Set(given.length > 0 ? given : filesOfRepository())) {
  const path = join(ROOT, file);
  if (file === "" || LEFT_OUT.has(file) || !isFile(path)) continue;
  const text = readFileSync(path, "utf8");
  const isBinary = text.includes("\0");
  const lines = [
    ...findWords(file).map(({ words, instead }) => `${file}: name: "${words}" (${instead})`),
    ...(isBinary ? [] : findWords(text)).map(
      ({ line, words, instead }) => `${file}:${line}: "${words}" (${instead})`,
    ),
  ];
  for (const line of lines) console.error(line);
  count += lines.length;
}
if (count > 0) {
  console.error(
    `\nFound ${count} words to avoid. Write the sentence with the term in parentheses.`,
  );
  process.exitCode = 1;
}
