import { chmod, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ZipEntry } from "./zip.ts";

/**
 * Unpacks with the modes of the zip, but without write permission: a function cannot write to its
 * task root on Lambda either. Links are made last and may point anywhere, as on Lambda, so nothing is
 * written through one.
 *
 * Our choice: files that only their owner may read are readable. On Lambda, the function is not the owner.
 */
export async function unpack(zipped: readonly ZipEntry[], root: string): Promise<string> {
  const partial = `${root}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  const entries = zipped.map((entry) => ({ ...entry, path: join(partial, entry.path) }));
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
