import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { BuildOptions } from "esbuild";

/**
 * The scripts that run outside the process of the local AWS, by their paths without an extension.
 * Each is bundled into one file.
 */
export const SCRIPTS = {
  // The source map shows the sources in the developer tools of the browser.
  "console/page/main": { format: "esm", target: "es2022", sourcemap: "inline" },
  // Node.js loads a CommonJS script 15 ms faster, because it does not need the loader for ES modules.
  "lambda/runtime/network": { format: "cjs", target: "node18", platform: "node" },
  "lambda/runtime/runtime": { format: "cjs", target: "node18", platform: "node" },
} satisfies Record<string, BuildOptions>;

export type Script = keyof typeof SCRIPTS;

const IS_BUILT = import.meta.filename.endsWith(".js");

/**
 * Returns the bundle of a script. The package contains the bundles, so it does not need esbuild. When the
 * local AWS runs from its sources, each call bundles the script again, so it returns changes.
 * @param path the path of the script, if it is not the one in this folder.
 */
export async function readScript(
  script: Script,
  path = join(import.meta.dirname, script),
): Promise<string> {
  if (IS_BUILT) return await readFile(`${path}.js`, "utf8");
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    ...SCRIPTS[script],
    entryPoints: [`${path}.ts`],
    bundle: true,
    write: false,
    logLevel: "silent",
  });
  return outputFiles.map(({ text }) => text).join("");
}
