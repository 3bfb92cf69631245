import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Bundle, buildFunctions } from "./index.ts";

let directory: string;
let bundles: Bundle[];
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "websocket-lambda-build-"));
  bundles = await buildFunctions(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("every package in a bundle has a permissive license", () => {
  const packages = bundles.flatMap((bundle) => bundle.packages);
  expect(packages.map(({ name }) => name)).toContain("@middy/core");
  const permissive = ["0BSD", "Apache-2.0", "BSD-3-Clause", "ISC", "MIT"];
  expect(packages.filter(({ license }) => !permissive.includes(license))).toEqual([]);
});

test("package-lock.json pins every package in a bundle", async () => {
  const lock = await readFile(join(import.meta.dirname, "..", "..", "package-lock.json"), "utf8");
  const {
    packages: pinned,
  }: { packages: Record<string, { version: string; integrity?: string }> } = JSON.parse(lock);
  const known = Object.entries(pinned)
    .filter(([, { integrity }]) => integrity !== undefined)
    .map(([path, { version }]) => `${path.split("node_modules/").at(-1)} ${version}`);
  for (const { packages } of bundles)
    for (const { name, version } of packages) expect(known).toContain(`${name} ${version}`);
});

test("no bundle contains code of the local AWS or of the tools", async () => {
  for (const { name } of bundles) {
    const map = await readFile(join(directory, name, "index.js.map"), "utf8");
    const { sources }: { sources: string[] } = JSON.parse(map);
    const own = sources.filter((source) => !source.includes("node_modules/"));
    expect(own.filter((source) => !/\/(?:functions|shared|scripts\/build)\//.test(source))).toEqual(
      [],
    );
  }
});

test("concurrent builds in one folder leave complete files and no temporary ones", async () => {
  const builds = await Promise.all(Array.from({ length: 4 }, () => buildFunctions(directory)));
  const names = bundles.map(({ name }) => name);
  for (const { name, zip } of builds.flat())
    expect(zip.equals(await readFile(join(directory, `${name}.zip`)))).toBe(true);
  const files = await readdir(directory, { recursive: true });
  expect(files.toSorted()).toEqual(
    names
      .flatMap((name) => [name, `${name}.zip`, join(name, "index.js"), join(name, "index.js.map")])
      .toSorted(),
  );
});
