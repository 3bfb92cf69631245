import { createHash } from "node:crypto";
import { chmod, mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import { unzipSync } from "fflate";

/** Unpacks a function's zip, once per content, and answers where it lies: its `/var/task`. */
export type TaskRoots = (zipFile: Buffer) => Promise<string>;

export function createTaskRoots(directory: string): TaskRoots {
  const roots = new Map<string, Promise<string>>();
  return (zipFile) => {
    const hash = createHash("sha256").update(zipFile).digest("hex");
    const known = roots.get(hash);
    if (known !== undefined) return known;
    const root = unpack(zipFile, join(directory, hash));
    roots.set(hash, root);
    // What failed once may work the next time.
    root.catch(() => roots.delete(hash));
    return root;
  };
}

async function unpack(zipFile: Buffer, root: string): Promise<string> {
  const partial = `${root}.partial`;
  await mkdir(partial, { recursive: true });
  for (const [name, content] of Object.entries(unzipSync(zipFile))) {
    const path = normalize(name);
    if (path.endsWith(sep) || path.startsWith("..") || path.startsWith(sep)) continue;
    const file = join(partial, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    // A function cannot write to its task root on Lambda either.
    await chmod(file, 0o444);
  }
  await rename(partial, root);
  return root;
}
