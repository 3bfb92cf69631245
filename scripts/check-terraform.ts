/**
 * A part of `npm run check`: checks the format of all Terraform files, and validates every root module with
 * the real provider. With files as arguments, as in the pre-commit hook, it formats these files and
 * validates the root modules that use them. Without Terraform it prints that it was skipped, which is a
 * failure in CI.
 */
import { spawn, spawnSync } from "node:child_process";
import { join, relative } from "node:path";
import { runChild } from "./child-process.ts";

const directory = join(import.meta.dirname, "..", "terraform");
const NESTED = ["account", "github", "examples/remote-state"];

/**
 * Returns the root modules that use any of the files. A file of a shared module is used by all, and a file
 * outside of terraform/ by none.
 */
function rootModulesOf(files: readonly string[]): string[] {
  const modules = files.flatMap((file) => {
    const path = relative(directory, file);
    if (path.startsWith("..")) return [];
    const nested = NESTED.find((name) => path.startsWith(`${name}/`));
    if (nested !== undefined) return nested;
    return /^(tests\/)?[^/]+$/.test(path) ? "." : [".", ...NESTED];
  });
  return [...new Set(modules)];
}

async function terraform(...args: string[]): Promise<void> {
  const code = await runChild(() =>
    spawn("terraform", args, { stdio: ["ignore", "inherit", "inherit"] }),
  );
  if (code !== 0) {
    console.error(`terraform ${args.join(" ")} failed.`);
    process.exit(1);
  }
}

if (spawnSync("terraform", ["version"]).error !== undefined) {
  console.log("Skipped the Terraform checks: terraform is not installed, or not on the PATH.");
  process.exit(process.env["CI"] === "true" ? 1 : 0);
}
const files = process.argv.slice(2);
if (files.length > 0) await terraform("fmt", ...files);
else await terraform("fmt", "-check", "-recursive", directory);
// Concurrently: each command waits for the provider, which decodes its schema on one core.
await Promise.all(
  (files.length > 0 ? rootModulesOf(files) : [".", ...NESTED]).map(async (name) => {
    const chdir = `-chdir=${join(directory, name)}`;
    await terraform(chdir, "init", "-backend=false", "-input=false", "-lockfile=readonly");
    await terraform(chdir, "validate");
  }),
);
