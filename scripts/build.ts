/**
 * `npm run build`: one bundle and one zip per function, in `dist/`. The zips are what Terraform
 * uploads and what the local AWS runs. The same sources give the same bytes on every machine, so
 * Terraform sees a change only where there is one.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { type BundledPackage, bundledPackages } from "./bundled-packages.ts";
import { bundleOptions } from "./bundle/options.ts";

const root = join(import.meta.dirname, "..");
/** Where the zips are, and where Terraform looks for them. */
export const DIST = join(root, "dist");

const functions = ["websocket-handler", "processor", "authorizer"] as const;
export type FunctionName = (typeof functions)[number];

export interface Bundle {
  name: FunctionName;
  /** Bytes of the minified bundle and of the zip. */
  size: number;
  zipSize: number;
  /** What of npm is in it. */
  packages: BundledPackage[];
}

/** Builds every function. Rejects with esbuild's own error where a source doesn't compile. */
export async function buildFunctions(outDirectory = DIST): Promise<Bundle[]> {
  return await Promise.all(functions.map((name) => buildFunction(name, outDirectory)));
}

async function buildFunction(name: FunctionName, outDirectory: string): Promise<Bundle> {
  const directory = join(outDirectory, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const outfile = join(directory, "index.js");
  const { metafile } = await build({
    entryPoints: [join(root, "functions", name, "index.ts")],
    absWorkingDir: root,
    outfile,
    ...bundleOptions,
    metafile: true,
  });
  const bundle = await readFile(outfile);
  const zip = zipSync({ "index.js": [bundle, reproducible] }, { level: 9 });
  await writeFile(join(outDirectory, `${name}.zip`), zip);
  const packages = await bundledPackages(metafile, root);
  return { name, size: bundle.length, zipSize: zip.length, packages };
}

const reproducible = {
  // A zip keeps local time without its zone: the fields of this date are the same everywhere.
  mtime: new Date(1980, 0, 1),
  os: 3,
  // Unix permissions rw-r--r--, in the upper half as the format asks.
  attrs: 0o100644 << 16,
} as const;

if (import.meta.main) {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`.padStart(9);
  for (const { name, size, zipSize, packages } of await buildFunctions()) {
    const zip = relative(process.cwd(), join(DIST, `${name}.zip`));
    console.log(`${zip.padEnd(30)}${kilobytes(zipSize)}   bundle${kilobytes(size)}`);
    for (const { name: packageName, version, license, bytes } of packages)
      console.log(`${kilobytes(bytes)}  ${`${packageName} ${version}`.padEnd(52)}${license}`);
  }
}
