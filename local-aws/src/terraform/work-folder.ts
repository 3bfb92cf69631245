/** Copies a root module to a temporary folder, in which Terraform runs. */
import { existsSync } from "node:fs";
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { overrideFiles } from "./override.ts";

export interface WorkFolder {
  /** The directory in which Terraform runs. */
  directory: string;
  /** The selected workspace of the user's folder, or undefined for the default one. */
  workspace: string | undefined;
  /**
   * Returns the user's file for a relative or absolute path of Terraform. Returns undefined if the file
   * exists only in the temporary folder, such as a zip file that Terraform writes.
   */
  sourceOf(path: string): string | undefined;
  remove(): Promise<void>;
}

/**
 * Copies a root module. Symbolic links replace its surroundings, up to the root of its repository, so
 * that relative paths to modules and files outside the folder work.
 * @param folder the root module, which is not changed.
 */
export async function createWorkFolder(folder: string): Promise<WorkFolder> {
  const source = await realpath(folder);
  const temporary = await realpath(await mkdtemp(join(tmpdir(), "local-aws-terraform-")));
  const remove = () => rm(temporary, { recursive: true, force: true });
  try {
    const top = surroundingsOf(source);
    const directory = join(temporary, relative(top, source));
    await linkSurroundings(top, source, temporary);
    await cp(source, directory, { recursive: true, verbatimSymlinks: false, filter: isCopied });
    await takeOver(join(source, ".terraform"), join(directory, ".terraform"));
    const files = await readModule(source);
    for (const [name, text] of Object.entries(overrideFiles(files)))
      await writeFile(join(directory, name), text);
    return {
      directory,
      workspace: await selectedWorkspace(source),
      sourceOf(path) {
        const inside = relative(temporary, resolve(directory, path));
        const original = inside.startsWith("..") ? resolve(directory, path) : join(top, inside);
        return existsSync(original) ? original : undefined;
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Reads the text of each `.tf` and `.tf.json` file of a root module, by name. */
export async function readModule(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).filter((name) => /\.tf(\.json)?$/.test(name));
  const texts = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")]);
  return Object.fromEntries(await Promise.all(texts));
}

/**
 * Returns the root of the repository that contains a folder. Without a repository, returns the folder two
 * levels up.
 */
function surroundingsOf(folder: string): string {
  for (let at = folder; dirname(at) !== at; at = dirname(at))
    if (existsSync(join(at, ".git"))) return at;
  return dirname(dirname(folder));
}

/** Creates links to everything next to the folders between `top` and `folder`. */
async function linkSurroundings(top: string, folder: string, temporary: string): Promise<void> {
  for (let at = folder; at !== top; at = dirname(at)) {
    const parent = dirname(at);
    const mirrored = join(temporary, relative(top, parent));
    await mkdir(mirrored, { recursive: true });
    for (const name of await readdir(parent))
      if (join(parent, name) !== at) await symlink(join(parent, name), join(mirrored, name));
  }
}

/**
 * Returns whether to copy a file. Files that Terraform writes are not copied. `node_modules` is linked,
 * because it can be large.
 */
async function isCopied(path: string, copy: string): Promise<boolean> {
  const name = basename(path);
  if (name === "node_modules") await symlink(path, copy);
  return !/^(\.git|\.terraform|node_modules|terraform\.tfstate.*)$/.test(name);
}

/** Uses the modules and providers that the user's `terraform init` has installed. */
async function takeOver(installed: string, data: string): Promise<void> {
  const modules = join(installed, "modules");
  if (existsSync(modules))
    await cp(modules, join(data, "modules"), { recursive: true, verbatimSymlinks: false });
  const providers = join(installed, "providers");
  if (!existsSync(providers)) return;
  // {host}/{namespace}/{name}/{version}/{platform}
  for (const entry of await readdir(providers, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (relative(providers, path).split(/[/\\]/).length !== 5) continue;
    const link = join(data, "providers", relative(providers, path));
    await mkdir(dirname(link), { recursive: true });
    await symlink(await realpath(path), link);
  }
}

async function selectedWorkspace(folder: string): Promise<string | undefined> {
  const file = join(folder, ".terraform", "environment");
  return existsSync(file) ? (await readFile(file, "utf8")).trim() : undefined;
}
