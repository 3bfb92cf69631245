/**
 * `npm run build`: one bundle and one zip per function, in `dist/`. The zips are what Terraform
 * uploads and what the local AWS runs. The same sources give the same bytes on every machine, so
 * Terraform sees a change only where there is one.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { context, type LogLevel, type Metafile, type Plugin } from "esbuild";
import { zipSync } from "fflate";
import type { BuildError } from "./build-failure.ts";
import { type BundledPackage, bundledPackages } from "./bundled-packages.ts";
import { bundleOptions } from "./options.ts";

const root = join(import.meta.dirname, "..", "..");
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
  /** The npm packages that the bundle contains code of. */
  packages: BundledPackage[];
}

/** The result of a build while the sources are watched: if it fails, no zip was written. */
export type Rebuild = { bundles: Bundle[]; milliseconds: number } | { errors: BuildError[] };

/** A build of all functions that can be repeated. */
export interface FunctionsBuild {
  /** Rejects with esbuild's own `BuildFailure` if a source does not compile. */
  run(): Promise<Bundle[]>;
  /**
   * Builds now, and again when an input of the bundles changes. esbuild polls its inputs, so this also
   * works with editors that replace a file, and with new files and folders.
   * @param onRebuild is called after each build, and again with the error if it throws.
   */
  watch(onRebuild: (rebuild: Rebuild) => void): Promise<void>;
  /** Resolves when no build runs any more. */
  close(): Promise<void>;
}

/** Builds every function. Rejects with esbuild's own `BuildFailure` if a source does not compile. */
export async function buildFunctions(outDirectory = DIST): Promise<Bundle[]> {
  const build = await openBuild({ outDirectory });
  try {
    return await build.run();
  } finally {
    await build.close();
  }
}

/** Milliseconds between a change and the build, so that files that are saved together are built once. */
const DELAY = 30;

/** @param options.logLevel the messages that esbuild itself prints on stderr. Default: errors. */
export async function openBuild(options: {
  outDirectory: string;
  logLevel?: LogLevel;
}): Promise<FunctionsBuild> {
  const { outDirectory, logLevel = "error" } = options;
  await Promise.all(
    functions.map((name) => rm(join(outDirectory, name), { recursive: true, force: true })),
  );
  await mkdir(outDirectory, { recursive: true });
  const zipBundles = (metafile: Metafile) =>
    Promise.all(functions.map((name) => zipBundle(name, metafile, outDirectory)));
  let onRebuild: ((rebuild: Rebuild) => void) | undefined;
  const reporter: Plugin = {
    name: "report-rebuilds",
    setup({ onStart, onEnd }) {
      let started = 0;
      onStart(() => void (started = performance.now()));
      onEnd(async ({ errors, metafile }) => {
        if (onRebuild === undefined) return;
        if (errors.length > 0 || metafile === undefined) return onRebuild({ errors });
        try {
          const bundles = await zipBundles(metafile);
          onRebuild({ bundles, milliseconds: performance.now() - started });
        } catch (error) {
          onRebuild({ errors: [{ text: String(error), location: null }] });
        }
      });
    },
  };
  // One build for all functions: they share sources, and one failure must stop all of them.
  const build = await context({
    ...bundleOptions,
    plugins: [...bundleOptions.plugins, reporter],
    entryPoints: functions.map((name) => ({
      in: entryPointOf(name),
      out: join(name, "index"),
    })),
    absWorkingDir: root,
    outdir: outDirectory,
    logLevel,
    metafile: true,
  });
  return {
    run: async () => zipBundles((await build.rebuild()).metafile),
    async watch(listener) {
      onRebuild = listener;
      await build.watch({ delay: DELAY });
    },
    close: () => build.dispose(),
  };
}

const entryPointOf = (name: FunctionName) => `functions/${name}/index.ts`;

async function zipBundle(
  name: FunctionName,
  { outputs }: Metafile,
  outDirectory: string,
): Promise<Bundle> {
  const output = Object.values(outputs).find(({ entryPoint }) => entryPoint === entryPointOf(name));
  if (output === undefined) throw new Error(`esbuild wrote no bundle of the ${name}.`);
  const bundle = await readFile(join(outDirectory, name, "index.js"));
  const zip = Buffer.from(zipSync({ "index.js": [bundle, reproducible] }, { level: 9 }));
  // Terraform, or a local AWS, may be reading the old one.
  const file = join(outDirectory, `${name}.zip`);
  await writeFile(`${file}.new`, zip);
  await rename(`${file}.new`, file);
  return { name, zip, size: bundle.length, packages: await bundledPackages(output, root) };
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
