import { join } from "node:path";
import { build } from "esbuild";
import { bundleOptions } from "../scripts/build/options.ts";

const PROCESSOR = join(import.meta.dirname, "..", "functions", "processor");

/**
 * Bundles the processor as `npm run build` does, with more actions.
 * @param module the absolute path of a module. Each of its exports is an action with the name of the
 * export.
 * @returns the code, for `TestStack.replaceCode`.
 */
export async function bundleProcessorWith(module: string): Promise<string> {
  const contents = `
    import * as extra from ${JSON.stringify(module)};
    import { actions } from "./actions/index.ts";
    Object.assign(actions, extra);
    export { handler } from "./index.ts";
  `;
  const { outputFiles } = await build({
    ...bundleOptions,
    stdin: { contents, resolveDir: PROCESSOR },
    sourcemap: false,
    write: false,
  });
  const [bundle] = outputFiles;
  if (bundle === undefined) throw new Error("esbuild wrote no bundle of the processor.");
  return bundle.text;
}
