/** Compares `terraform/` with the snapshot in this folder, which was made from it. */
import { createHash } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The hash of each file that the snapshot was made from. `npm run snapshot` writes it. */
export const SNAPSHOT_SOURCES = join(import.meta.dirname, "stack-sources.json");

/** The root directory of this repository. */
const REPOSITORY = join(import.meta.dirname, "..", "..");

/** The root modules that the snapshot is made from, and the module that they use. */
const DIRECTORIES = ["terraform", "terraform/account", "terraform/state-guard"];

/** The hash of each file, by its path from the repository's root. */
export type SnapshotSources = Readonly<Record<string, string>>;

/** Returns the files in a directory. @returns none if the directory does not exist. */
async function filesOf(root: string, directory: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(join(root, directory)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => pattern.test(name)).map((name) => `${directory}/${name}`);
}

/**
 * Returns the hashes of the files that Terraform reads, without overrides, which Git ignores. Line
 * endings do not affect the hashes.
 */
export async function readSnapshotSources(root = REPOSITORY): Promise<SnapshotSources> {
  const lists = await Promise.all(
    DIRECTORIES.map((directory) => filesOf(root, directory, /(?<!(^|_)override)\.tf$/)),
  );
  const hashes = lists.flat().map(async (path) => {
    const text = await readFile(join(root, path), "utf8");
    const hash = createHash("sha256").update(text.replaceAll("\r\n", "\n")).digest("hex");
    return [path, hash] as const;
  });
  return Object.fromEntries((await Promise.all(hashes)).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Returns the paths of files that were changed, added or deleted after the snapshot was made. */
export async function changesSinceSnapshot(root = REPOSITORY): Promise<string[]> {
  const before: SnapshotSources = JSON.parse(await readFile(SNAPSHOT_SOURCES, "utf8"));
  const now = await readSnapshotSources(root);
  const paths = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...paths].filter((path) => before[path] !== now[path]);
}

/** Returns the files with values of variables that Terraform loads by itself. Git ignores them. */
export const variableFiles = (root = REPOSITORY): Promise<string[]> =>
  filesOf(root, "terraform", /^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/);

/** Returns a line for each difference between `terraform/` and the stack of `npm start`. */
export async function notesOnTerraform(root = REPOSITORY): Promise<string[]> {
  const [changed, variables] = await Promise.all([changesSinceSnapshot(root), variableFiles(root)]);
  return [
    ...(changed.length === 0
      ? []
      : [
          `${listed(changed)} changed after the snapshot of the stack was made. To start the changed stack, run npm run snapshot.`,
        ]),
    ...(variables.length === 0
      ? []
      : [
          `The stack has the defaults of Terraform, without the values in ${listed(variables)}. To use these values, run npm start -- --empty and terraform apply.`,
        ]),
  ];
}

/**
 * Reports the differences between `terraform/` and the stack of `npm start`, now and after each edit.
 * @param say is called with each line that the previous report did not have.
 * @returns a function that stops the reports.
 */
export async function reportTerraformChanges(
  say: (line: string) => void,
  root = REPOSITORY,
): Promise<() => void> {
  let reported: string[] = [];
  const report = async () => {
    const notes = await notesOnTerraform(root);
    for (const note of notes) if (!reported.includes(note)) say(note);
    reported = notes;
  };
  await report();
  let timer: NodeJS.Timeout | undefined;
  // Waits, because an editor can write a file in several steps.
  const reportSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void report().catch(reportSoon), 100);
  };
  const watchers = DIRECTORIES.flatMap((directory) =>
    watchDirectory(join(root, directory), reportSoon),
  );
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/**
 * Watches a directory. @returns no watcher if that is not possible. The next start then reports the
 * changes.
 */
function watchDirectory(path: string, onChange: () => void): FSWatcher[] {
  try {
    return [watch(path, onChange).on("error", () => {})];
  } catch {
    return [];
  }
}

/** Returns the names of up to three files, or their number. */
const listed = (paths: readonly string[]) =>
  paths.length <= 3 ? paths.join(", ") : `${paths.length} files in terraform/`;
