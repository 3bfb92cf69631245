import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import {
  type LayerContent,
  layersKey,
  type OptFolder,
  unpackLayers,
} from "../layers/opt-folder.ts";
import { unpack } from "./unpack.ts";
import { readZip } from "./zip.ts";

/** Unpacks a function's zip, once per content and layers. */
export type TaskRoots = (zipFile: Buffer, layers?: LayerContent) => Promise<TaskRoot>;

/** Where the code of a function is on this machine. */
export interface TaskRoot {
  /** The folder of the zip's content: its `/var/task`. */
  taskRoot: string;
  /** The folders with the packages of the runtime, in the order in which Node.js looks in them. */
  runtimeModules: readonly string[];
  /** Undefined if the function has no layers. */
  layers?: OptFolder;
}

/** @param folders the folders whose packages of the AWS SDK functions find, the first one first. */
export function createTaskRoots(
  directory: string,
  folders: readonly string[] = [process.cwd(), import.meta.dirname],
): TaskRoots {
  const roots = createCache<TaskRoot>();
  const optFolders = createCache<OptFolder>();
  let sdk: Promise<Sdk> | undefined;
  return (zipFile, layerContent) => {
    const hash = createHash("sha256").update(zipFile).digest("hex");
    sdk ??= linkSdk(directory, folders);
    const linked = sdk;
    if (layerContent === undefined)
      return roots(hash, async () => {
        const { folder, runtimeModules } = await linked;
        return { taskRoot: await unpack(readZip(zipFile), join(folder, hash)), runtimeModules };
      });
    const key = layersKey(layerContent);
    return roots(`${key} ${hash}`, async () => {
      const { folder, runtimeModules } = await linked;
      const layers = await optFolders(key, () => unpackLayers(join(folder, key), layerContent));
      const taskRoot = await unpack(readZip(zipFile), join(layers.folder, hash));
      return { taskRoot, runtimeModules, layers };
    });
  };
}

/** Returns a function that creates the value of each key once. What failed once may work the next time. */
function createCache<Value>() {
  const values = new Map<string, Promise<Value>>();
  return (key: string, create: () => Promise<Value>): Promise<Value> => {
    const known = values.get(key);
    if (known !== undefined) return known;
    const value = create();
    values.set(key, value);
    value.catch(() => values.delete(key));
    return value;
  };
}

/** The scopes of the AWS SDK, which Lambda's Node.js runtimes bring along. */
const SDK_SCOPES = ["@aws-sdk", "@smithy"];

interface Sdk extends Pick<TaskRoot, "runtimeModules"> {
  /** A folder whose content finds the SDK. */
  folder: string;
}

/**
 * Makes installed packages of the AWS SDK visible to functions: those of the current directory first,
 * then those of the local AWS. On Lambda they are in `/var/runtime/node_modules`, to which `NODE_PATH`
 * points. Here they are linked into `node_modules` folders above the task roots, one inside the other,
 * where Node.js looks last, for `require` and `import` alike.
 */
async function linkSdk(directory: string, folders: readonly string[]): Promise<Sdk> {
  const installed = folders
    .map((folder) => createRequire(join(folder, "index.js")))
    .flatMap((require) => require.resolve.paths("@aws-sdk/client-lambda") ?? [])
    .filter((modules) => SDK_SCOPES.some((scope) => existsSync(join(modules, scope))));
  const sdk = { folder: directory, runtimeModules: [] as string[] };
  for (const modules of [...new Set(installed)].toReversed()) {
    sdk.folder = join(sdk.folder, "sdk");
    const links = join(sdk.folder, "node_modules");
    sdk.runtimeModules.unshift(links);
    await mkdir(links, { recursive: true });
    for (const scope of SDK_SCOPES)
      if (existsSync(join(modules, scope)))
        await symlink(join(modules, scope), join(links, scope), "junction");
  }
  return sdk;
}
