import { join } from "node:path";
import { build, type BuildOptions } from "esbuild";
import { bundleOptions } from "../../scripts/build/options.ts";
import { type Figure, kilobytes, type Report } from "./report.ts";

const root = join(import.meta.dirname, "..", "..");

const benchedFunctions = ["websocket-handler", "processor"] as const;

/** Measures the bytes of each bundle, in total and by package. */
export async function measureBundleSizes(): Promise<Report> {
  const figures: Figure[] = [];
  const details: string[] = [];
  for (const name of benchedFunctions) {
    const ours = await sizeOf(name, bundleOptions);
    const plain = await sizeOf(name, { bundle: true, minify: true, platform: "node" });
    const [value, reference] = [kilobytes(ours.bytes), kilobytes(plain.bytes)];
    figures.push({ name: `size of ${name}`, value, reference, unit: "KB" });
    details.push(`${name}:`);
    for (const [owner, bytes] of ours.packages)
      details.push(`${kilobytes(bytes).toFixed(1).padStart(8)} KB  ${owner}`);
  }
  const reference = "the same sources bundled by esbuild's defaults";
  return { title: "Size of the bundles", reference, figures, details };
}

async function sizeOf(name: string, options: BuildOptions) {
  const { metafile } = await build({
    ...options,
    absWorkingDir: root,
    entryPoints: [`functions/${name}/index.ts`],
    outfile: "index.js",
    sourcemap: false,
    metafile: true,
    write: false,
    logLevel: "error",
  });
  const [output] = Object.values(metafile.outputs);
  if (output === undefined) throw new Error("The build has no output.");
  const packages = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
    const owner = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "ours";
    packages.set(owner, (packages.get(owner) ?? 0) + bytesInOutput);
  }
  return { bytes: output.bytes, packages: [...packages].toSorted(([, a], [, b]) => b - a) };
}
