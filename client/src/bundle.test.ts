import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** Bytes: 3.5 KB. */
const LIMIT = 3.5 * 1024;

test("the client is under 3.5 KB, minified and compressed, and imports no package", async () => {
  const { outputFiles, metafile } = await build({
    absWorkingDir: import.meta.dirname,
    entryPoints: ["index.ts"],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    metafile: true,
    write: false,
  });
  // Paths of other folders contain a slash.
  expect(Object.keys(metafile.inputs).filter((path) => path.includes("/"))).toEqual([]);
  const [bundle] = outputFiles;
  expect(gzipSync(bundle?.contents ?? "", { level: 9 }).length).toBeGreaterThan(1000);
  expect(gzipSync(bundle?.contents ?? "", { level: 9 }).length).toBeLessThan(LIMIT);
});
