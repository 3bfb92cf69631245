import { join } from "node:path";
import { build } from "esbuild";

/**
 * Compiles the runtime into one file. Every cold start loads it, and Node would spend longer on
 * stripping the types each time than esbuild does once.
 */
export async function compileRuntime(directory: string): Promise<string> {
  const outfile = join(directory, "runtime.mjs");
  await build({
    entryPoints: [join(import.meta.dirname, "runtime", "runtime.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "esm",
    logLevel: "error",
  });
  return outfile;
}
