import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

test("every choice in the code is in the table of the README", async () => {
  const directory = join(import.meta.dirname, "..", "src");
  const readme = await readFile(join(directory, "..", "README.md"), "utf8");
  const files = (await readdir(directory, { recursive: true })).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const missing: string[] = [];
  for (const file of files) {
    const source = await readFile(join(directory, file), "utf8");
    if (source.includes("Our choice:") && !readme.includes(`\`${file}\``)) missing.push(file);
  }
  expect(missing).toEqual([]);
});
