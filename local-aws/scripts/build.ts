/** Adds to dist/ what the compiler does not write: the bundled scripts and the files of the console. */
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
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
