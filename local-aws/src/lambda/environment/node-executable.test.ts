import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodeOf } from "./node-executable.ts";

const NODE_22 = { path: "/usr/bin/node", version: "22.23.3" };

/** Creates a folder with the packages, by their names in `node_modules`. */
async function folderWith(versions: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "node-executable-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, version] of Object.entries(versions)) {
    const path = join(folder, "node_modules", name, "bin", "node");
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, "");
    await writeFile(join(dirname(path), "..", "package.json"), JSON.stringify({ version }));
  }
  return folder;
}

test.for(["nodejs22.x", "nodejs24.x"])("%s runs on its major version of Node.js", (runtime) => {
  const { path, version } = nodeOf(runtime);
  expect(execFileSync(path, ["--version"], { encoding: "utf8" })).toBe(`v${version}\n`);
  expect(`nodejs${version.split(".")[0]}.x`).toBe(runtime);
});

test("the Node.js of this process is used if its major version matches", async () => {
  const folder = await folderWith({ node: "22.1.0" });
  expect(nodeOf("nodejs22.x", NODE_22, [folder])).toBe(NODE_22);
});

test.for(["node", "node-24"])("the package %s is found, also from a subfolder", async (name) => {
  const folder = await folderWith({ [name]: "24.1.0" });
  await mkdir(join(folder, "inside"));
  expect(nodeOf("nodejs24.x", NODE_22, [join(folder, "inside")])).toEqual({
    path: join(folder, "node_modules", name, "bin", "node"),
    version: "24.1.0",
  });
});

test("a package with another major version is skipped, and the next one is used", async () => {
  const outer = await folderWith({ node: "24.1.0" });
  const inner = join(outer, "inner");
  await mkdir(join(inner, "node_modules", "node", "bin"), { recursive: true });
  await writeFile(join(inner, "node_modules", "node", "bin", "node"), "");
  await writeFile(join(inner, "node_modules", "node", "package.json"), '{"version":"20.1.0"}');
  expect(nodeOf("nodejs24.x", NODE_22, [inner]).path).toBe(
    join(outer, "node_modules", "node", "bin", "node"),
  );
});

test.for<[string, Record<string, string>, string]>([
  ["nodejs16.x", {}, "22.23.3"],
  ["nodejs18.x", {}, "22.23.3"],
  ["nodejs18.x", { "node-20": "20.1.0", "node-24": "24.1.0" }, "20.1.0"],
  ["nodejs24.x", { "node-20": "20.1.0" }, "22.23.3"],
  // If two versions are equally near, that of this process is used.
  ["nodejs20.x", { "node-18": "18.1.0" }, "22.23.3"],
])("without its own Node.js, %s runs on the nearest one", async ([runtime, versions, nearest]) => {
  const folder = await folderWith(versions);
  expect(nodeOf(runtime, NODE_22, [folder]).version).toBe(nearest);
});

test("a package whose install script did not run is not used", async () => {
  const folder = await folderWith({ node: "24.1.0" });
  await rm(join(folder, "node_modules", "node", "bin"), { recursive: true });
  expect(nodeOf("nodejs24.x", NODE_22, [folder])).toBe(NODE_22);
});

test("an unknown runtime is an error that lists the runtimes of the local AWS", () => {
  expect(() => nodeOf("python3.13")).toThrow(
    "The local AWS does not have the runtime python3.13. It has nodejs16.x, nodejs18.x, nodejs20.x, nodejs22.x, nodejs24.x.",
  );
});
