import { createHash } from "node:crypto";
import { mkdir, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unpack } from "../environment/unpack.ts";
import { readZip, type ZipEntry } from "../environment/zip.ts";

/** The layers of a function. */
export interface LayerContent {
  /** Such as `nodejs22.x`. */
  runtime: string;
  /** Base64, in the order of the layers. */
  zipFiles: readonly string[];
}

/** Where the layers of a function are on this machine. */
export interface OptFolder {
  /** The merged content of the layers: the `/opt` of the function. */
  opt: string;
  /** The folders in `opt` that can have packages, in the order in which Node.js looks in them. */
  layerModules: readonly string[];
  /** A folder whose content finds these packages. */
  folder: string;
}

/**
 * Merges layers in their order: a file of a later one replaces that of an earlier one. Like the AWS SDK of
 * the runtime, their packages are linked into `node_modules` folders above the task root, because Lambda
 * searches `NODE_PATH` for `import` as well, and finds them there before those of the runtime.
 *
 * Our choice: so does a function with `nodejs16.x`, whose `import` does not search `NODE_PATH` on Lambda.
 * @param directory does not exist, or is left over. What is around it finds the packages of the runtime.
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
 * Returns a key for a runtime and the content of layers. Each part is hashed, so that parts do not run
 * together.
 */
export const layersKey = ({ runtime, zipFiles }: LayerContent): string =>
  `layers-${sha256([runtime, ...zipFiles].map(sha256).join())}`;

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A file or a link replaces an earlier folder of the same path, and a folder an earlier file or link. */
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
