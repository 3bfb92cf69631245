import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readZip } from "./zip.ts";

/** Unpacks a function's zip, once per content. */
export type TaskRoots = (zipFile: Buffer) => Promise<TaskRoot>;

/** Where the code of a function is on this machine. */
export interface TaskRoot {
  /** The folder of the zip's content: its `/var/task`. */
  taskRoot: string;
  /** The folders with the packages of the runtime, in the order in which Node.js looks in them. */
  runtimeModules: readonly string[];
}

/** @param folders the folders whose packages of the AWS SDK functions find, the first one first. */
export function createTaskRoots(
  directory: string,
  folders: readonly string[] = [process.cwd(), import.meta.dirname],
): TaskRoots {
  const roots = new Map<string, Promise<TaskRoot>>();
  let sdk: Promise<Sdk> | undefined;
  return (zipFile) => {
    const hash = createHash("sha256").update(zipFile).digest("hex");
    const known = roots.get(hash);
    if (known !== undefined) return known;
    sdk ??= linkSdk(directory, folders);
    const root = sdk.then(async ({ folder, runtimeModules }) => ({
      taskRoot: await unpack(zipFile, join(folder, hash)),
      runtimeModules,
    }));
    roots.set(hash, root);
    // What failed once may work the next time.
    root.catch(() => roots.delete(hash));
    return root;
  };
}

/**
 * Unpacks with the modes of the zip, but without write permission: a function cannot write to its
 * task root on Lambda either. Links are made last and may point anywhere, as on Lambda, so nothing is
 * written through one.
 *
 * Our choice: what only its owner may read can be read. On Lambda the function isn't the owner.
 */
async function unpack(zipFile: Buffer, root: string): Promise<string> {
  const partial = `${root}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  const entries = readZip(zipFile).map((entry) => ({ ...entry, path: join(partial, entry.path) }));
  for (const { type, path, read } of entries) {
    await mkdir(type === "directory" ? path : dirname(path), { recursive: true });
    if (type === "file") await writeFile(path, read());
  }
  for (const { type, path, mode } of entries) if (type === "file") await chmod(path, mode & 0o555);
  for (const { type, path, read } of entries)
    if (type === "link") await symlink(read().toString(), path);
  await rename(partial, root);
  return root;
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
