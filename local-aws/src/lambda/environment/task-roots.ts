import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { readZip } from "./zip.ts";

/** Unpacks a function's zip, once per content, and returns the folder: its `/var/task`. */
export type TaskRoots = (zipFile: Buffer) => Promise<string>;

export function createTaskRoots(directory: string): TaskRoots {
  const roots = new Map<string, Promise<string>>();
  let sdk: Promise<void> | undefined;
  return (zipFile) => {
    const hash = createHash("sha256").update(zipFile).digest("hex");
    const known = roots.get(hash);
    if (known !== undefined) return known;
    sdk ??= linkSdk(directory);
    const root = sdk.then(() => unpack(zipFile, join(directory, hash)));
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

/**
 * Makes the AWS SDK that is installed with the local AWS visible to functions. On Lambda it is in
 * `/var/runtime/node_modules`, to which `NODE_PATH` points. Here it is linked into a `node_modules`
 * above the task roots, where Node.js looks last, for `require` and `import` alike.
 */
async function linkSdk(directory: string): Promise<void> {
  const candidates = createRequire(import.meta.url).resolve.paths("@aws-sdk/client-lambda") ?? [];
  const modules = join(directory, "node_modules");
  await mkdir(modules, { recursive: true });
  for (const scope of SDK_SCOPES) {
    const installed = candidates.map((each) => join(each, scope)).find((each) => existsSync(each));
    if (installed !== undefined) await symlink(installed, join(modules, scope), "junction");
  }
}
