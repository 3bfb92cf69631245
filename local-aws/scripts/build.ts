/**
 * Adds the files to dist/ that the compiler does not write: the bundled scripts, the console's files and
 * dynalite.
 */
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { readScript, type Script, SCRIPTS } from "../src/scripts.ts";

const source = join(import.meta.dirname, "..", "src");
const dist = join(import.meta.dirname, "..", "dist");

for (const script of Object.keys(SCRIPTS) as Script[]) {
  const file = join(dist, `${script}.js`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await readScript(script));
}

const page = join("console", "page");
for (const file of await readdir(join(source, page)))
  if (/\.(html|css|svg)$/.test(file)) await cp(join(source, page, file), join(dist, page, file));

/**
 * dynalite composes the paths of its operation modules at run time, without a file extension. esbuild
 * needs the extension to find them.
 */
const wholeFileNames: Plugin = {
  name: "whole-file-names",
  setup({ onLoad }) {
    onLoad({ filter: /dynalite[/\\]index\.js$/ }, async ({ path }) => {
      const code = await readFile(path, "utf8");
      return { contents: code.replaceAll(/require\('[^']+' \+ action/g, "$& + '.js'") };
    });
  },
};

/**
 * Bundles dynalite. Its dependency `level`, for tables on disk, runs an install script and has 5 MB of
 * binaries. Tables in memory need only `memory-level`.
 */
async function bundleDynalite(): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: dirname(dist),
    entryPoints: [fileURLToPath(import.meta.resolve("dynalite"))],
    outfile: join(dist, "dynamodb", "dynalite.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    alias: { level: fileURLToPath(import.meta.resolve("memory-level")) },
    plugins: [wholeFileNames],
    metafile: true,
    logLevel: "warning",
  });
  const files = Object.keys(metafile.inputs).map((file) => join(dirname(dist), file));
  const packages = new Set(files.flatMap((file) => PACKAGE.exec(file)?.[0] ?? []));
  const licenses = await Promise.all([...packages].toSorted().map(licenseOf));
  await writeFile(join(dist, "dynamodb", "dynalite.LICENSES.txt"), licenses.join("\n\n"));
}

/** Matches the folder of the package that a file belongs to. */
const PACKAGE = /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/;

/** Returns the name and version of the package in a folder, and the text of its license. */
async function licenseOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, "package.json"), "utf8"),
  );
  const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
  const text = file === undefined ? "" : await readFile(join(folder, file), "utf8");
  return `${name} ${version}: ${license.type ?? license}\n\n${text}`;
}

await bundleDynalite();
