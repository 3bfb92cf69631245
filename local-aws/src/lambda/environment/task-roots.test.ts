import { readlinkSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { strToU8, type Zippable, zipSync } from "fflate";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { createTaskRoots } from "./task-roots.ts";
import { useLambda } from "../testing.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "task-roots-"));
  return () => rm(directory, { recursive: true });
});

const zip = (files: Zippable) => Buffer.from(zipSync(files));
const unix = (mode: number) => ({ os: 3, attrs: mode << 16 });

test("file modes, links and empty folders are kept, and files are read-only", async () => {
  const files: Zippable = {
    "index.js": strToU8(""),
    "bin/helper": [strToU8("#!/bin/sh"), unix(0o100755)],
    link: [strToU8("bin/helper"), unix(0o120777)],
    "empty/": [new Uint8Array(), unix(0o040755)],
  };
  const { taskRoot: root } = await createTaskRoots(directory)(zip(files));
  const modeOf = async (name: string) => (await stat(join(root, name))).mode & 0o777;
  expect(await modeOf("index.js")).toBe(0o444);
  expect(await modeOf("bin/helper")).toBe(0o555);
  expect(await readlink(join(root, "link"))).toBe("bin/helper");
  expect(await readdir(join(root, "empty"))).toEqual([]);
});

test("a link out of the task root is kept, but nothing is written through it", async () => {
  const outside = await mkdtemp(join(tmpdir(), "outside-"));
  onTestFinished(() => rm(outside, { recursive: true }));
  const link = [strToU8(outside), unix(0o120777)] as const;
  const roots = createTaskRoots(directory);
  const { taskRoot: root } = await roots(zip({ link: [...link], "index.js": strToU8("") }));
  expect(await readlink(join(root, "link"))).toBe(outside);
  await expect(roots(zip({ link: [...link], "link/file": strToU8("") }))).rejects.toThrow(
    "link/file inside link, which is a link",
  );
  expect(await readdir(outside)).toEqual([]);
});

test("a zip that was unpacked in part is unpacked again from the start", async () => {
  const roots = createTaskRoots(directory);
  const { taskRoot: other } = await roots(zip({ "index.js": strToU8("other") }));
  const zipFile = zip({ "index.js": strToU8("whole") });
  const partial = join(
    dirname(other),
    `${createHash("sha256").update(zipFile).digest("hex")}.partial`,
  );
  // The folder in place of a file cannot be overwritten, like a read-only file for a user who is not
  // root.
  await mkdir(join(partial, "index.js"), { recursive: true });
  await writeFile(join(partial, "left-over"), "");
  const { taskRoot: root } = await roots(zipFile);
  expect(await readFile(join(root, "index.js"), "utf8")).toBe("whole");
  expect(await readdir(root)).toEqual(["index.js"]);
});

const lambda = useLambda();

const SDK_USERS: Record<string, string> = {
  "index.js": `
    const { LambdaClient } = require("@aws-sdk/client-lambda");
    exports.handler = async () => [typeof LambdaClient, typeof require("@smithy/core")];`,
  "index.mjs": `
    import { LambdaClient } from "@aws-sdk/client-lambda";
    import * as core from "@smithy/core";
    export const handler = async () => [typeof LambdaClient, typeof core];`,
};

test.for(Object.keys(SDK_USERS))(
  "a function in %s has the AWS SDK of the runtime",
  async (file) => {
    const name = file.replace(".", "-");
    lambda().define(name, { [file]: SDK_USERS[file] ?? "" });
    expect((await lambda().invoke(name)).payload).toEqual(["function", "object"]);
  },
);

test("packages of the first folder have precedence, and each folder adds its own", async () => {
  const install = async (folder: string, name: string) => {
    const installed = join(directory, folder, "node_modules", name);
    await mkdir(installed, { recursive: true });
    await writeFile(join(installed, "index.js"), `module.exports = "of the ${folder}"`);
  };
  await install("project", "@aws-sdk/client-lambda");
  await install("tool", "@aws-sdk/client-lambda");
  await install("tool", "@smithy/core");
  const folders = ["project", "tool"].map((folder) => join(directory, folder));
  const { taskRoot, runtimeModules } = await createTaskRoots(
    directory,
    folders,
  )(zip({ "index.js": strToU8("") }));
  const require = createRequire(join(taskRoot, "index.js"));
  expect(require("@aws-sdk/client-lambda")).toBe("of the project");
  expect(require("@smithy/core")).toBe("of the tool");
  const linked = runtimeModules.map((modules) => readlinkSync(join(modules, "@aws-sdk")));
  expect(linked).toEqual(folders.map((folder) => join(folder, "node_modules", "@aws-sdk")));
});

test.for<[string, Record<string, string>]>([
  ["required", { "index.js": 'require("@aws-sdk/client-none");' }],
  ["imported", { "index.mjs": 'import "@aws-sdk/client-none";' }],
  [
    "required-by-the-handler",
    { "index.js": 'exports.handler = async () => require("@aws-sdk/client-none/deep.js");' },
  ],
])("the log names a package of the AWS SDK that is %s and not installed", async ([name, files]) => {
  lambda().define(name, files);
  await lambda().invoke(name);
  expect(lambda().messages(name)).toContainEqual(
    expect.stringContaining(
      "\tWARN\tOn AWS the runtime contains the package @aws-sdk/client-none. Here it must be installed: run `npm install --save-dev @aws-sdk/client-none` in the directory of the local AWS, and start the local AWS again.\n",
    ),
  );
});

test("a function finds its own packages before those of the runtime, and no other packages", async () => {
  lambda().define("own", {
    "node_modules/@aws-sdk/client-lambda/index.js": "module.exports = 'of the zip';",
    "index.js": `
      const found = (name) => { try { return typeof require(name); } catch (error) { return error.code; } };
      exports.handler = async () => [require("@aws-sdk/client-lambda"), found("ws"), found("valibot")];`,
  });
  expect((await lambda().invoke("own")).payload).toEqual([
    "of the zip",
    "MODULE_NOT_FOUND",
    "MODULE_NOT_FOUND",
  ]);
});

test("a program in the zip can be run by its name and through a link", async () => {
  const target = lambda().define("helper", "");
  const code = `
    const { execFileSync } = require("node:child_process");
    const run = (name) => execFileSync(process.env.LAMBDA_TASK_ROOT + "/" + name).toString();
    exports.handler = async () => [run("helper.sh"), run("link")];`;
  target.zipFile = zip({
    "index.js": strToU8(code),
    "helper.sh": [strToU8("#!/bin/sh\nprintf ran"), unix(0o100755)],
    link: [strToU8("helper.sh"), unix(0o120777)],
  }).toString("base64");
  expect((await lambda().invoke("helper")).payload).toEqual(["ran", "ran"]);
});
