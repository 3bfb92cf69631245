import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { bundleOptions } from "../../scripts/build/options.ts";

const root = join(import.meta.dirname, "..", "..");

/** A folder for files to measure, outside of any package.json with the type module. */
export interface FunctionFiles {
  /** Bundles a function, or the entry point in `overrides`. Resolves with the file. */
  bundle(name: string, overrides?: BuildOptions): Promise<string>;
  /** Compiles a file of this folder, so that a process runs it without stripping types. */
  compile(source: string): Promise<string>;
  remove(): Promise<void>;
}

export async function createFunctionFiles(): Promise<FunctionFiles> {
  const directory = await mkdtemp(join(tmpdir(), "websocket-lambda-bench-"));
  return {
    async bundle(name, overrides = { entryPoints: [join(root, "functions", name, "index.ts")] }) {
      const outfile = join(directory, `${name}.js`);
      await build({
        ...bundleOptions,
        absWorkingDir: root,
        outfile,
        sourcemap: false,
        ...overrides,
      });
      return outfile;
    },
    async compile(source) {
      const outfile = join(directory, `${source}.mjs`);
      await build({
        entryPoints: [join(import.meta.dirname, source)],
        outfile,
        bundle: true,
        platform: "node",
        format: "esm",
      });
      return outfile;
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
