import { createHash } from "node:crypto";
import { mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unpack } from "../environment/unpack.ts";
import { readZip, type ZipEntry } from "../environment/zip.ts";

/** The layers of a function. */
export interface LayerContent {
  /** Such as `nodejs22.x`. */
  runtime: string;
  /** In base64, in the order of the layers. */
  zipFiles: readonly string[];
}

/** The folders of a function's layers on this machine. */
export interface OptFolder {
  /** The merged content of the layers: the `/opt` of the function. */
  opt: string;
  /**
   * The folders in `opt` that can contain packages, in the order in which Node.js searches them.
   */
  layerModules: readonly string[];
  /** A folder in which code finds these packages. */
  folder: string;
}

/**
 * Merges layers in their order. A file of a later layer replaces that of an earlier one. Like the AWS SDK
 * of the runtime, the packages are linked into `node_modules` folders above the task root, because Lambda
 * also searches `NODE_PATH` for `import`, and finds these packages before those of the runtime.
 *
 * Our choice: a function with `nodejs16.x` does the same, although its `import` does not search
 * `NODE_PATH` on Lambda.
 * @param directory is created, or replaced if it is left over. Its parent folder has the packages of the
 * runtime.
 * @see https://aws.amazon.com/blogs/compute/node-js-18-x-runtime-now-available-in-aws-lambda/
 */
export async function unpackLayers(
  directory: string,
  { runtime, zipFiles }: LayerContent,
): Promise<OptFolder> {
  const folder = join(directory, "version");
  const opt = join(folder, "opt");
  await rm(directory, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await unpack(merged(zipFiles.map((zip) => readZip(Buffer.from(zip, "base64")))), opt);
  const version = `node${/\d+/.exec(runtime)?.join()}`;
  const modules = join(opt, "nodejs", "node_modules");
  const versionModules = join(opt, "nodejs", version, "node_modules");
  await symlink(versionModules, join(folder, "node_modules"), "junction");
  await symlink(modules, join(directory, "node_modules"), "junction");
  return { opt, layerModules: [versionModules, modules], folder };
}

/**
 * Returns a key for a runtime and the content of layers. Each part is hashed, so that different parts
 * never result in the same key.
 */
export const layersKey = ({ runtime, zipFiles }: LayerContent): string =>
  `layers-${sha256([runtime, ...zipFiles].map(sha256).join())}`;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/**
 * Returns the entries of all layers. An entry replaces earlier entries of another type with the same
 * path.
 */
function merged(layers: readonly ZipEntry[][]): ZipEntry[] {
  const entries = new Map<string, ZipEntry>();
  const isFolder = (path: string) => (entries.get(path)?.type ?? "directory") === "directory";
  for (const layer of layers)
    for (const entry of layer) {
      for (let above = dirname(entry.path); above !== "."; above = dirname(above))
        if (!isFolder(above)) entries.delete(above);
      if (entry.type !== "directory")
        for (const path of entries.keys())
          if (path.startsWith(`${entry.path}/`)) entries.delete(path);
      entries.set(entry.path, entry);
    }
  return [...entries.values()];
}
