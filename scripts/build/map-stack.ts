/**
 * Maps positions in stacks of bundles to positions in the sources. Uses the source maps that the build
 * writes next to the bundles.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { DIST } from "./index.ts";

/** A position in a bundle. The folder is the task root on Lambda, or the SHA-256 of the zip file. */
const POSITION =
  /(?<folder>\/var\/task|[\\/][0-9a-f]{64})[\\/]index\.js:(?<line>\d+):(?<column>\d+)/g;

/** Characters that are not part of the path before a position. */
const BEFORE_PATH = /[\s"'()]/;

/**
 * Returns a text with each position in a bundle replaced by a file, a line and a column of the sources. The
 * file is relative to the root of the repository. A position without a source stays as it is.
 * @param mapIn returns the source map of the bundle in a folder: `/var/task`, or `/` and the SHA-256 of
 * the zip file in hexadecimal digits.
 */
export function mapStack(text: string, mapIn: (folder: string) => SourceMap | undefined): string {
  let mapped = "";
  let end = 0;
  for (const { 0: position, index, groups } of text.matchAll(POSITION)) {
    const { folder = "", line, column } = groups ?? {};
    const source = sourceOf(mapIn(folder.replace("\\", "/")), Number(line), Number(column));
    if (source === undefined) continue;
    let start = index;
    while (start > end && !BEFORE_PATH.test(text[start - 1] ?? " ")) start -= 1;
    mapped += text.slice(end, start) + source;
    end = index + position.length;
  }
  return mapped + text.slice(end);
}

/** @param line and `column` count from 1. */
function sourceOf(map: SourceMap | undefined, line: number, column: number): string | undefined {
  const entry = map?.findEntry(line - 1, column - 1);
  if (entry === undefined || !("originalSource" in entry)) return undefined;
  const { originalSource, originalLine, originalColumn } = entry;
  // The sources are relative to the folder of the map.
  const file = originalSource.replace(/^(\.\.\/)+/, "");
  return `${file}:${originalLine + 1}:${originalColumn + 1}`;
}

/** The maximum number of source maps in memory, one per function version that has logged a stack. */
const MAPS = 20;

/**
 * Returns a function for the option `mapStack` of `createLocalAws`. It finds the map of a stack by the
 * SHA-256 of the zip file, so a stack of an earlier version is not mapped with the map of a later one.
 * @param directory contains the output of the build.
 */
export function createStackMapper(directory = DIST): (text: string) => string {
  const maps = new Map<string, { map: SourceMap; writtenAt: number }>();
  const find = (folder: string): SourceMap | undefined => {
    const known = maps.get(folder);
    const name = bundleWithHash(directory, folder.slice(1));
    if (name === undefined) return known?.map;
    // A changed comment can move lines in the sources without changing the zip file.
    const writtenAt = statSync(sourceMapOf(directory, name)).mtimeMs;
    if (known?.writtenAt === writtenAt) return known.map;
    const map = readSourceMap(directory, name);
    maps.set(folder, { map, writtenAt });
    const [oldest] = maps.keys();
    if (maps.size > MAPS && oldest !== undefined) maps.delete(oldest);
    return map;
  };
  return (text) => {
    const found = new Map<string, SourceMap | undefined>();
    return mapStack(text, (folder) => {
      if (!found.has(folder)) found.set(folder, find(folder));
      return found.get(folder);
    });
  };
}

const bundleWithHash = (directory: string, hash: string): string | undefined =>
  readdirSync(directory)
    .filter((file) => file.endsWith(".zip"))
    .find((file) => sha256(readFileSync(join(directory, file))) === hash)
    ?.slice(0, -".zip".length);

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const sourceMapOf = (directory: string, name: string) => join(directory, name, "index.js.map");

/** Reads the source map of a bundle in the output of the build. */
export const readSourceMap = (directory: string, name: string): SourceMap =>
  new SourceMap(JSON.parse(readFileSync(sourceMapOf(directory, name), "utf8")));
