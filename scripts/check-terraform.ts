/**
 * A part of `npm run check`: checks the format and validity of every root module, with the real
 * provider. If Terraform is not installed, prints that the checks are skipped, and fails in CI.
 */
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { runChild } from "./child-process.ts";

const directory = join(import.meta.dirname, "..", "terraform");

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
await terraform("fmt", "-check", "-recursive", directory);
// In parallel, because each command waits for the provider, which decodes its schema on one core.
await Promise.all(
  [".", "account", "github", "examples/remote-state"].map(async (name) => {
    const chdir = `-chdir=${join(directory, name)}`;
    await terraform(chdir, "init", "-backend=false", "-input=false", "-lockfile=readonly");
    await terraform(chdir, "validate");
  }),
);
