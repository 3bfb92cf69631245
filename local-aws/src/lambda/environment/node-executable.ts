import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** The runtimes that functions can have. */
export const RUNTIMES = [
  "nodejs16.x",
  "nodejs18.x",
  "nodejs20.x",
  "nodejs22.x",
  "nodejs24.x",
] as const;
export type Runtime = (typeof RUNTIMES)[number];

export const isRuntime = (name: unknown): name is Runtime =>
  RUNTIMES.some((runtime) => runtime === name);

/** A Node.js of this machine. */
export interface NodeExecutable {
  path: string;
  /** Such as `24.21.0`. */
  version: string;
}

/**
 * Returns the Node.js that runs the functions of a runtime. It is the Node.js of this process if its
 * major version fits. Otherwise it is the npm package `node`, installed as `node` or, for several
 * versions in one project, as `node-22` or `node-24`. It can be installed for the current directory or
 * for this package. If no version fits, it is the one with the nearest major version.
 * @throws {Error} if the local AWS does not have the runtime.
 */
export function nodeOf(
  runtime: string,
  current: NodeExecutable = { path: process.execPath, version: process.versions.node },
  folders: readonly string[] = [process.cwd(), import.meta.dirname],
): NodeExecutable {
  if (!isRuntime(runtime))
    throw new Error(
      `The local AWS does not have the runtime ${runtime}. It has ${RUNTIMES.join(", ")}.`,
    );
  const major = majorOf(runtime);
  const distance = ({ version }: NodeExecutable) => Math.abs(majorOf(version) - major);
  if (distance(current) === 0) return current;
  const names = ["node", ...RUNTIMES.map((name) => `node-${majorOf(name)}`)];
  const installed = folders.flatMap((folder) =>
    names.flatMap((name) => installedFor(folder, name)),
  );
  // Of several with the same distance, the first one.
  return [current, ...installed].reduce((nearest, other) =>
    distance(other) < distance(nearest) ? other : nearest,
  );
}

/** Returns the major version of a runtime or a Node.js: 22 of `nodejs22.x` and of `22.23.3`. */
const majorOf = (name: string): number => Number(/\d+/.exec(name)?.[0]);

/** Returns the packages that a module in the folder would find by the name, the nearest first. */
const installedFor = (folder: string, name: string): NodeExecutable[] =>
  (createRequire(join(folder, "index.js")).resolve.paths(name) ?? []).flatMap((directory) => {
    const manifest = join(directory, name, "package.json");
    const path = join(directory, name, "bin", "node");
    // If its install script did not run, the package has no executable.
    if (!existsSync(manifest) || !existsSync(path)) return [];
    const { version }: { version: string } = JSON.parse(readFileSync(manifest, "utf8"));
    return [{ path, version }];
  });
