/**
 * `npm run build`: one bundle and one zip per function, in `dist/`. The zips are what Terraform
 * uploads and what the local AWS runs. The same sources give the same bytes on every machine, so
 * Terraform sees a change only where there is one.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { context, type LogLevel } from "esbuild";
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
  /** What Lambda gets. */
  zip: Buffer;
  /** Bytes of the minified bundle. */
  size: number;
  /** What of npm is in it. */
  packages: BundledPackage[];
  /** The files that it was made of. */
  sources: ReadonlySet<string>;
}

/** A function that is built as often as its sources change. */
export interface FunctionBuild {
  readonly name: FunctionName;
  /** Rejects with esbuild's own `BuildFailure` where a source doesn't compile. */
  run(): Promise<Bundle>;
  close(): Promise<void>;
}

/** Builds every function. Rejects with esbuild's own error where a source doesn't compile. */
export async function buildFunctions(outDirectory = DIST): Promise<Bundle[]> {
  const builds = await openBuilds({ outDirectory });
  try {
    return await Promise.all(builds.map((build) => build.run()));
  } finally {
    await Promise.all(builds.map((build) => build.close()));
  }
}

/**
 * A build for every function, none of which has run yet.
 * @param options.logLevel what esbuild says itself, on stderr. Default: errors.
 */
export async function openBuilds(options: {
  outDirectory: string;
  logLevel?: LogLevel;
}): Promise<FunctionBuild[]> {
  return await Promise.all(functions.map((name) => openBuild(name, options)));
}

async function openBuild(
  name: FunctionName,
  { outDirectory, logLevel = "error" }: { outDirectory: string; logLevel?: LogLevel },
): Promise<FunctionBuild> {
  const directory = join(outDirectory, name);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const outfile = join(directory, "index.js");
  const build = await context({
    entryPoints: [join(root, "functions", name, "index.ts")],
    absWorkingDir: root,
    outfile,
    ...bundleOptions,
    logLevel,
    metafile: true,
  });
  return {
    name,
    async run() {
      const { metafile } = await build.rebuild();
      const bundle = await readFile(outfile);
      const zip = Buffer.from(zipSync({ "index.js": [bundle, reproducible] }, { level: 9 }));
      // Terraform, or a local AWS, may be reading the old one.
      const file = join(outDirectory, `${name}.zip`);
      await writeFile(`${file}.new`, zip);
      await rename(`${file}.new`, file);
      const packages = await bundledPackages(metafile, root);
      const sources = new Set(Object.keys(metafile.inputs).map((path) => join(root, path)));
      return { name, zip, size: bundle.length, packages, sources };
    },
    close: () => build.dispose(),
  };
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
  for (const { name, zip, size, packages } of await buildFunctions()) {
    const file = relative(process.cwd(), join(DIST, `${name}.zip`));
    console.log(`${file.padEnd(30)}${kilobytes(zip.length)}   bundle${kilobytes(size)}`);
    for (const { name: packageName, version, license, bytes } of packages)
      console.log(`${kilobytes(bytes)}  ${`${packageName} ${version}`.padEnd(52)}${license}`);
  }
}
