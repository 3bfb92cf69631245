/** Replaces the code of functions when their sources change. */
import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import type { FunctionSource } from "./function-sources.ts";
import { zipOf } from "./zip-sources.ts";

/**
 * Milliseconds without a further change before the files are read, because editors write in several
 * steps.
 */
const SETTLING_TIME = 100;

/**
 * Watches the sources of functions until the returned function is called.
 * @param options.update replaces the code of a function. It can throw if the zip is invalid.
 * @param options.onUpdated is called after each update, with its duration in milliseconds.
 * @param options.onError is called with an error of a function's sources or of `update`.
 */
export async function watchSources(
  sources: readonly FunctionSource[],
  options: {
    update(functionName: string, zip: Uint8Array): void;
    onUpdated(functionName: string, milliseconds: number): void;
    onError(functionName: string, error: unknown): void;
  },
): Promise<() => void> {
  const watches = await Promise.all(sources.map((source) => watchSource(source, options)));
  return () => {
    for (const close of watches) close();
  };
}

async function watchSource(
  { functionName, code }: FunctionSource,
  { update, onUpdated, onError }: Parameters<typeof watchSources>[1],
): Promise<() => void> {
  let current = Buffer.from(await zipOf(code));
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();

  const replace = async () => {
    const started = performance.now();
    try {
      const zip = Buffer.from(await zipOf(code));
      if (zip.equals(current)) return;
      update(functionName, zip);
      current = zip;
      onUpdated(functionName, performance.now() - started);
    } catch (error) {
      onError(functionName, error);
    }
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // Updates run one after the other. None of them throws.
      reading = reading.then(replace);
    }, SETTLING_TIME);
  };
  // The folder of a file is watched, because editors replace the file with another one.
  const watcher =
    code.type === "folder"
      ? watch(code.folder, { recursive: true }, changed)
      : watch(dirname(code.file), (_event, name) => {
          if (name === null || name === basename(code.file)) changed();
        });
  watcher.on("error", (error) => onError(functionName, error));
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
