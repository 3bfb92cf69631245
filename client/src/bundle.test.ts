import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";

const LIMIT = 3000;

test("the client is under 3 KB, minified and compressed, and holds nothing of the server", async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: ["client/src/index.ts"],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    metafile: true,
    write: false,
  });
  expect(Object.keys(metafile.inputs).filter((path) => !path.startsWith("client/"))).toEqual([]);
  const [bundle] = outputFiles;
  expect(gzipSync(bundle?.contents ?? "", { level: 9 }).length).toBeGreaterThan(1000);
  expect(gzipSync(bundle?.contents ?? "", { level: 9 }).length).toBeLessThan(LIMIT);
});
