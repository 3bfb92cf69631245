import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import { createStackMapper } from "./map-stack.ts";
import { bundleOptions } from "./options.ts";

const throwing = (line: string) =>
  `${line}export const handler = () => { throw new Error("no"); };\n`;

/** Creates a folder with a source file and the output of its build. */
async function createBuildFolder() {
  const directory = await mkdtemp(join(tmpdir(), "map-stack-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const source = join(directory, "source.ts");
  return {
    directory,
    /** Returns the stack of the error as the local AWS writes it. */
    async write(text: string, name = "processor"): Promise<string> {
      await writeFile(source, text);
      const outfile = join(directory, name, "index.js");
      await build({ ...bundleOptions, absWorkingDir: directory, entryPoints: [source], outfile });
      const code = await readFile(outfile);
      const zip = zipSync({ "index.js": [code, { mtime: new Date(1980, 0, 1) }] });
      await writeFile(join(directory, `${name}.zip`), zip);
      const hash = createHash("sha256").update(zip).digest("hex");
      const [line = "", ...before] =
        code.toString().split("throw new Error")[0]?.split("\n").toReversed() ?? [];
      return `    at handler (/tmp/local-aws-1/${hash}/index.js:${before.length + 1}:${line.length + 1})`;
    },
  };
}

test("a frame of a bundle names the line and the column in the source", async () => {
  const { directory, write } = await createBuildFolder();
  const stack = await write(throwing("\n\n"));
  const map = createStackMapper(directory);
  expect(map(stack)).toBe("    at handler (source.ts:3:32)");
  expect(map(`{"stackTrace":["${stack}","${stack}"]}`)).toBe(
    '{"stackTrace":["    at handler (source.ts:3:32)","    at handler (source.ts:3:32)"]}',
  );
});

test("a stack is mapped with the map of the version that wrote it", async () => {
  const { directory, write } = await createBuildFolder();
  const map = createStackMapper(directory);
  const first = await write(throwing("\n"));
  expect(map(first)).toContain("source.ts:2:32");
  const second = await write(`export const version = 2;${throwing("\n\n\n")}`);
  expect(map(second)).toContain("source.ts:4:32");
  expect(map(first)).toContain("source.ts:2:32");
});

test("a new comment does not change the zip file, and stacks are mapped to the new lines", async () => {
  const { directory, write } = await createBuildFolder();
  const map = createStackMapper(directory);
  const first = await write(throwing("\n"));
  expect(map(first)).toContain("source.ts:2:32");
  const second = await write(throwing("// One line.\n\n\n"));
  expect(second).toBe(first);
  // Sets another time, also on a file system without milliseconds.
  await utimes(join(directory, "processor", "index.js.map"), 1, 1);
  expect(map(second)).toContain("source.ts:4:32");
});

test.for([
  "no stack",
  `at handler (/tmp/local-aws-1/${"0".repeat(64)}/index.js:1:1)`,
  "at handler (/var/task/index.js:1:1)",
  "/".repeat(100_000),
  "f".repeat(100_000),
])("a text without a position of a known bundle stays as it is", async (text) => {
  const { directory, write } = await createBuildFolder();
  await write(throwing(""));
  await cp(join(directory, "processor.zip"), join(directory, "other.zip"));
  expect(createStackMapper(directory)(text)).toBe(text);
});
