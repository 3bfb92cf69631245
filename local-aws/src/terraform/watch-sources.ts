/** Replaces the code of functions when their sources change. */
import { watch } from "node:fs";
import { basename, dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { unzipSync } from "fflate";
import type { FunctionSource } from "./function-sources.ts";
import { zipOf } from "./zip-sources.ts";

/**
 * Milliseconds without a further change before the files are read, because editors write in several
 * steps.
 */
const SETTLING_TIME = 100;

/**
 * Watches the sources of functions until the returned function is called. Changes since the code was deployed
 * count too.
 * @param options.deployed returns the zip of a function.
 * @param options.update replaces the code of a function. It can throw if the zip is invalid.
 * @param options.onUpdated is called after each update, with its duration in milliseconds.
 * @param options.onError is called with an error of a function's sources or of `update`.
 */
export async function watchSources(
  sources: readonly FunctionSource[],
  options: {
    deployed(functionName: string): Uint8Array;
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
  { deployed, update, onUpdated, onError }: Parameters<typeof watchSources>[1],
): Promise<() => void> {
  /** The zip of the sources that the function has. Terraform's zip of the same files has other bytes. */
  let current: Uint8Array | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();

  const isDeployed = (zip: Uint8Array) =>
    current === undefined
      ? haveSameFiles(zip, deployed(functionName))
      : Buffer.compare(zip, current) === 0;
  const replace = async () => {
    const started = performance.now();
    try {
      const zip = await zipOf(code);
      const isCurrent = isDeployed(zip);
      if (!isCurrent) update(functionName, zip);
      current = zip;
      if (!isCurrent) onUpdated(functionName, performance.now() - started);
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
  reading = replace();
  await reading;
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}

function haveSameFiles(one: Uint8Array, other: Uint8Array): boolean {
  if (Buffer.compare(one, other) === 0) return true;
  try {
    return isDeepStrictEqual(filesIn(one), filesIn(other));
  } catch {
    // It is not a zip file, which the update explains.
    return false;
  }
}

/** Returns the files in a zip by name, without directories. */
const filesIn = (zip: Uint8Array) =>
  Object.fromEntries(Object.entries(unzipSync(zip)).filter(([name]) => !name.endsWith("/")));
