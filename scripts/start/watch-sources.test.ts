import { link, mkdir, mkdtemp, realpath, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readSources, watchSources } from "./watch-sources.ts";

/** A folder with the file `a.ts` in its folder `in`, and the changes that are seen in it. */
async function watched() {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "websocket-lambda-watch-")));
  onTestFinished(() => rm(directory, { recursive: true }));
  const folder = join(directory, "in");
  await mkdir(folder);
  await writeFile(join(folder, "a.ts"), "1");
  const seen: string[] = [];
  const waiting: (() => void)[] = [];
  const start = async (known = readSources([directory])) => {
    const watch = await watchSources({
      directories: [directory],
      known: await known,
      async onChange(paths) {
        seen.push(...Array.from(paths, (path) => basename(path)));
        for (const resolve of waiting.splice(0)) resolve();
      },
      onError(error) {
        throw error;
      },
    });
    onTestFinished(() => watch.close());
    return watch;
  };
  /** What is seen, once a file of that name is among it. */
  const seenWith = async (name: string) => {
    while (!seen.includes(name)) await new Promise<void>((resolve) => waiting.push(resolve));
    return seen;
  };
  return { directory, folder, seen, start, seenWith };
}

test("a file that is written is seen, and one that is written as it was is not", async () => {
  const { folder, start, seenWith } = await watched();
  await start();
  await writeFile(join(folder, "a.ts"), "1");
  await writeFile(join(folder, "b.ts"), "2");
  expect(await seenWith("b.ts")).toEqual(["b.ts"]);
});

test("what changed before the watch began is seen as well", async () => {
  const { directory, folder, seen, start } = await watched();
  const known = await readSources([directory]);
  await writeFile(join(folder, "a.ts"), "2");
  await start(Promise.resolve(known));
  expect(seen).toEqual(["a.ts"]);
});

test("a file that an editor puts in the place of another is seen each time", async () => {
  const { folder, seen, start, seenWith } = await watched();
  await start();
  for (const text of ["2", "3"]) {
    seen.length = 0;
    await writeFile(join(folder, "a.ts~"), text);
    await rename(join(folder, "a.ts~"), join(folder, "a.ts"));
    expect(await seenWith("a.ts")).toContain("a.ts");
  }
});

test("folders that are new, or replaced, are watched as well", async () => {
  const { directory, folder, seen, start, seenWith } = await watched();
  await start();
  await mkdir(join(directory, "new"));
  await writeFile(join(directory, "new", "b.ts"), "1");
  expect(await seenWith("b.ts")).toContain("b.ts");

  await rm(folder, { recursive: true });
  await mkdir(folder);
  await writeFile(join(folder, "c.ts"), "1");
  expect(await seenWith("c.ts")).toContain("c.ts");
  seen.length = 0;
  await writeFile(join(folder, "c.ts"), "2");
  expect(await seenWith("c.ts")).toContain("c.ts");
});

test("a file that is gone is a change", async () => {
  const { folder, start, seenWith } = await watched();
  await start();
  await rm(join(folder, "a.ts"));
  expect(await seenWith("a.ts")).toContain("a.ts");
});

test("a change that could not be taken comes again without another save, and is told of once", async () => {
  const { directory, folder } = await watched();
  const seen: string[][] = [];
  const errors: unknown[] = [];
  const watch = await watchSources({
    directories: [directory],
    onChange(paths) {
      seen.push(Array.from(paths, (path) => basename(path)));
      return seen.length > 2 ? Promise.resolve() : Promise.reject(new Error("not now"));
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => watch.close());
  await writeFile(join(folder, "b.ts"), "1");
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual([["b.ts"], ["b.ts"], ["b.ts"]]);
  expect(errors).toEqual([new Error("not now")]);
});

test("what changes unseen after an error is seen all the same", async () => {
  const { directory, folder } = await watched();
  const huge = join(directory, "..", `${basename(directory)}.huge`);
  onTestFinished(() => rm(huge));
  await writeFile(huge, "");
  await truncate(huge, 3 * 1024 ** 3);
  const seen: string[] = [];
  const errors: unknown[] = [];
  const watch = await watchSources({
    directories: [directory],
    onChange(paths) {
      seen.push(...Array.from(paths, (path) => basename(path)));
      return Promise.resolve();
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => watch.close());
  await link(huge, join(folder, "huge.ts"));
  await expect
    .poll(() => errors)
    .toEqual([expect.objectContaining({ code: "ERR_FS_FILE_TOO_LARGE" })]);
  // By its other name, of which the watched folder hears nothing.
  await truncate(huge, 1);
  await expect.poll(() => seen, { timeout: 10_000 }).toEqual(["huge.ts"]);
});

test("a folder that isn't there is no error, and the other folders are watched", async () => {
  const { directory, folder } = await watched();
  const seen: string[] = [];
  const errors: unknown[] = [];
  const watch = await watchSources({
    directories: [join(directory, "nowhere"), folder],
    known: await readSources([folder]),
    onChange: (paths) => Promise.resolve(void seen.push(...paths)),
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => watch.close());
  await writeFile(join(folder, "a.ts"), "2");
  await expect.poll(() => seen).toEqual([join(folder, "a.ts")]);
  expect(errors).toEqual([]);
});

test("nothing is seen after the end, and no watcher stays", async () => {
  const watchers = () => process.getActiveResourcesInfo().filter((name) => name === "FSEventWrap");
  const { folder, seen, start } = await watched();
  const watch = await start();
  expect(watchers()).not.toEqual([]);
  await writeFile(join(folder, "a.ts"), "2");
  await watch.close();
  await expect.poll(watchers).toEqual([]);
  expect(seen).toEqual([]);
});
