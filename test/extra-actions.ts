import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type OutputFile } from "esbuild";
import { zipSync } from "fflate";
import { bundleOptions } from "../scripts/build/options.ts";

const PROCESSOR = join(import.meta.dirname, "..", "functions", "processor");

/**
 * Bundles the processor as `npm run build` does, with more actions.
 * @param module the absolute path of a module. Each of its exports is an action with the name of the
 * export.
 * @returns the code, for `TestStack.replaceCode`.
 */
export async function bundleProcessorWith(module: string): Promise<string> {
  const [bundle] = await outputOf(module, false);
  if (bundle === undefined) throw new Error("esbuild wrote no bundle of the processor.");
  return bundle.text;
}

/**
 * Bundles the processor with more actions, and writes its zip file and its source map as `npm run build`
 * does, for `createStackMapper`.
 * @returns the zip file.
 */
export async function buildProcessorWith(module: string, directory: string): Promise<Uint8Array> {
  const files = await outputOf(module, "external", join(directory, "processor", "index.js"));
  for (const { path, contents } of files) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
  const code = files.find(({ path }) => path.endsWith(".js"))?.contents;
  if (code === undefined) throw new Error("esbuild wrote no bundle of the processor.");
  const zip = zipSync({ "index.js": code });
  await writeFile(join(directory, "processor.zip"), zip);
  return zip;
}

async function outputOf(
  module: string,
  sourcemap: "external" | false,
  outfile?: string,
): Promise<OutputFile[]> {
  const contents = `
    import * as extra from ${JSON.stringify(module)};
    import { actions } from "./actions/index.ts";
    Object.assign(actions, extra);
    export { handler } from "./index.ts";
  `;
  const { outputFiles } = await build({
    ...bundleOptions,
    stdin: { contents, resolveDir: PROCESSOR },
    sourcemap,
    ...(outfile !== undefined && { outfile }),
    write: false,
  });
  return outputFiles;
}
