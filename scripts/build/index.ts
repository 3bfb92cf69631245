/**
 * `npm run build`: writes one bundle and one zip file per function to `dist/`. Terraform uploads the zip
 * files, and the local AWS runs them. The same sources result in the same bytes on every machine, so
 * Terraform sees a change only if the code has changed.
 */
import { randomUUID } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { type BuildResult, context, type LogLevel, type Plugin } from "esbuild";
import { zipSync } from "fflate";
import { runScript } from "../run-script.ts";
import type { BuildError } from "./build-failure.ts";
import { type BundledPackage, bundledPackages } from "./bundled-packages.ts";
import { bundleOptions } from "./options.ts";

const root = join(import.meta.dirname, "..", "..");
/** The folder of the zip files. Terraform reads them there by default. */
export const DIST = join(root, "dist");

/** The names of the functions and of their folders. */
export const FUNCTIONS = ["websocket-handler", "processor", "authorizer"] as const;
export type FunctionName = (typeof FUNCTIONS)[number];

export interface Bundle {
  name: FunctionName;
  /** The zip file that Lambda gets. */
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
  const build = await openBuild({ outDirectory, logLevel: "silent" });
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
  for (const name of FUNCTIONS) await mkdir(join(outDirectory, name), { recursive: true });
  const writeBundles = (result: Output) =>
    Promise.all(FUNCTIONS.map((name) => writeBundle(name, result, outDirectory)));
  let onRebuild: ((rebuild: Rebuild) => void) | undefined;
  const reporter: Plugin = {
    name: "report-rebuilds",
    setup({ onStart, onEnd }) {
      let started = 0;
      onStart(() => void (started = performance.now()));
      onEnd(async ({ errors, metafile, outputFiles }) => {
        if (onRebuild === undefined) return;
        if (errors.length > 0 || metafile === undefined || outputFiles === undefined)
          return onRebuild({ errors });
        try {
          const bundles = await writeBundles({ metafile, outputFiles });
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
    entryPoints: FUNCTIONS.map((name) => ({
      in: entryPointOf(name),
      out: join(name, "index"),
    })),
    absWorkingDir: root,
    outdir: outDirectory,
    logLevel,
    metafile: true,
    write: false,
  });
  return {
    run: async () => writeBundles(await build.rebuild()),
    async watch(listener) {
      onRebuild = listener;
      await build.watch({ delay: DELAY });
    },
    close: () => build.dispose(),
  };
}

const entryPointOf = (name: FunctionName) => `functions/${name}/index.ts`;

type Output = Pick<BuildResult<{ metafile: true; write: false }>, "metafile" | "outputFiles">;

async function writeBundle(
  name: FunctionName,
  { metafile, outputFiles }: Output,
  outDirectory: string,
): Promise<Bundle> {
  const directory = join(outDirectory, name);
  const files = outputFiles.filter(({ path }) => path.startsWith(join(directory, "index.js")));
  for (const { path, contents } of files) await replaceFile(path, contents);
  const output = Object.values(metafile.outputs).find(
    ({ entryPoint }) => entryPoint === entryPointOf(name),
  );
  const bundle = files.find(({ path }) => path === join(directory, "index.js"))?.contents;
  if (output === undefined || bundle === undefined)
    throw new Error(`esbuild wrote no bundle of the ${name}.`);
  const zip = Buffer.from(zipSync({ "index.js": [bundle, reproducible] }, { level: 9 }));
  await replaceFile(join(outDirectory, `${name}.zip`), zip);
  return { name, zip, size: bundle.length, packages: await bundledPackages(output, root) };
}

/** Replaces a file atomically: another process may read or write it at the same time. */
async function replaceFile(file: string, contents: Uint8Array): Promise<void> {
  const partial = `${file}.${randomUUID()}`;
  await writeFile(partial, contents);
  await rename(partial, file);
}

const reproducible = {
  // A zip file contains local times without a time zone. This date is the same in all time zones.
  mtime: new Date(1980, 0, 1),
  os: 3,
  // The Unix permissions rw-r--r-- are in the upper 16 bits.
  attrs: 0o100644 << 16,
} as const;

const USAGE = `Usage: npm run build

Bundles each function and writes it to dist/, as a file and as a zip file for Lambda. Prints the sizes
and the packages in each bundle.
`;

async function main(): Promise<void> {
  parseArgs();
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} KB`.padStart(9);
  for (const { name, zip, size, packages } of await buildFunctions()) {
    const file = relative(process.cwd(), join(DIST, `${name}.zip`));
    console.log(`${file.padEnd(30)}${kilobytes(zip.length)}   bundle${kilobytes(size)}`);
    for (const { name: packageName, version, license, bytes } of packages)
      console.log(`${kilobytes(bytes)}  ${`${packageName} ${version}`.padEnd(52)}${license}`);
  }
}

if (import.meta.main) await runScript({ command: "npm run build --", usage: USAGE, main });
