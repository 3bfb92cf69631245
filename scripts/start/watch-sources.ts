import { type FSWatcher, watch } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** What files hold, by path. */
export type Sources = ReadonlyMap<string, string>;

export interface SourceWatch {
  /** Resolves when nothing is under way any more. */
  close(): Promise<void>;
}

/** Milliseconds without an event. An editor empties a file before it writes it, or writes another. */
const QUIET = 20;

/** Milliseconds after an error. What caused it may pass without an event. */
const AGAIN = 1000;

/** What all files under some folders hold. */
export async function readSources(directories: readonly string[]): Promise<Sources> {
  return await read(directories, () => {});
}

/**
 * Watches the files under some folders, in folders as well that come later. What counts is what the
 * files hold: a save that changes nothing is none.
 * @param options.known what they held when they were last used. Default: what they hold now.
 * @param options.onChange gets the paths of files that are new, gone or changed. It is called again
 * only after its promise has settled; where that rejects, with the same paths after a while.
 * @param options.onError gets what the system reports, such as too many watched folders, and what
 * `onChange` rejects with: once, for as long as it stays the same.
 */
export async function watchSources(options: {
  directories: readonly string[];
  known?: Sources;
  onChange(paths: ReadonlySet<string>): Promise<void>;
  onError(error: unknown): void;
}): Promise<SourceWatch> {
  const { directories, onChange, onError } = options;
  let known = options.known ?? (await readSources(directories));
  let watchers: FSWatcher[] = [];
  let quiet: NodeJS.Timeout | undefined;
  let closed = false;

  const look = async () => {
    if (closed) return;
    const old = watchers;
    watchers = [];
    let sources: Sources;
    try {
      sources = await read(directories, watchDirectory);
    } finally {
      // Only now, and all of them: the watcher of a folder that was replaced watches the old one.
      for (const watcher of old) watcher.close();
    }
    const changed = differences(known, sources);
    if (changed.size > 0 && !closed) await onChange(changed);
    // Only now, for what was not taken is still a change.
    known = sources;
  };

  // One by one, folder by folder: the recursive watch of Node loses folders that are replaced.
  const watchDirectory = (directory: string) => {
    if (closed) return;
    watchers.push(watch(directory, lookSoon).on("error", lookSoon));
  };

  let looking = Promise.resolve();
  let complaint = "";
  const lookUntilDone = async () => {
    try {
      await look();
      complaint = "";
    } catch (error) {
      lookIn(AGAIN);
      const isNew = String(error) !== complaint;
      complaint = String(error);
      if (isNew) onError(error);
    }
  };
  const lookIn = (milliseconds: number) => {
    if (closed) return;
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      looking = looking.then(lookUntilDone);
    }, milliseconds);
  };
  const lookSoon = () => lookIn(QUIET);
  const close = async () => {
    closed = true;
    clearTimeout(quiet);
    await looking;
    for (const watcher of watchers) watcher.close();
  };

  const first = look();
  looking = first.catch(() => {});
  try {
    await first;
  } catch (error) {
    await close();
    throw error;
  }
  return { close };
}

function differences(before: Sources, after: Sources): Set<string> {
  const paths = [...before.keys(), ...after.keys()];
  return new Set(paths.filter((path) => before.get(path) !== after.get(path)));
}

/** @param onDirectory is called before the folder's files are read, so that no change goes unseen. */
async function read(
  directories: readonly string[],
  onDirectory: (directory: string) => void,
): Promise<Sources> {
  const sources = new Map<string, string>();
  const visit = async (directory: string): Promise<void> => {
    onDirectory(directory);
    const entries = await readdir(directory, { withFileTypes: true });
    await Promise.all(
      entries.map(async (entry) => {
        const path = join(directory, entry.name);
        if (entry.isDirectory()) await unlessGone(visit(path));
        else if (entry.isFile())
          await unlessGone(readFile(path, "latin1").then((text) => sources.set(path, text)));
      }),
    );
  };
  await Promise.all(directories.map((directory) => unlessGone(visit(directory))));
  return sources;
}

/** A file may go while its folder is being read; that is a change like any other. */
async function unlessGone(reading: Promise<unknown>): Promise<void> {
  try {
    await reading;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
