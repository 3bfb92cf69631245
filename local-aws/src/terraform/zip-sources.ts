/** Creates the zip of a function, as the Terraform provider `archive` does. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join, matchesGlob, relative, sep } from "node:path";
import { type Zippable, zipSync } from "fflate";
import type { FunctionSource } from "./function-sources.ts";

/**
 * The number of the operating system that created an entry. With UNIX, the attributes of an entry are a
 * file mode.
 */
const UNIX = 3;

/** Returns the zip of the files. The same files result in the same bytes. */
export async function zipOf(code: FunctionSource["code"]): Promise<Uint8Array> {
  if (code.type === "zip") return await readFile(code.file);
  return zipSync(
    code.type === "file"
      ? { [basename(code.file)]: await entryOf(code.file) }
      : await entriesOf(code.folder, code.excludes),
  );
}

async function entriesOf(folder: string, excludes: readonly string[]): Promise<Zippable> {
  const entries: Zippable = {};
  const visit = async (directory: string): Promise<void> => {
    for (const name of (await readdir(directory)).toSorted()) {
      const path = join(directory, name);
      const inside = relative(folder, path).split(sep).join("/");
      if (excludes.some((pattern) => matchesGlob(inside, pattern))) continue;
      // The provider follows symbolic links.
      if ((await stat(path)).isDirectory()) await visit(path);
      else entries[inside] = await entryOf(path);
    }
  };
  await visit(folder);
  return entries;
}

const entryOf = async (path: string): Promise<Zippable[string]> => [
  await readFile(path),
  { os: UNIX, attrs: (await stat(path)).mode << 16, mtime: "1980-01-01" },
];
