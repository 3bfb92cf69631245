import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync, zipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import { functionSources } from "./function-sources.ts";
import { watchSources } from "./watch-sources.ts";
import { createWorkFolder } from "./work-folder.ts";
import { zipOf } from "./zip-sources.ts";

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "local-aws-sources-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, "src", "lib"), { recursive: true });
  await writeFile(join(folder, "src", "index.js"), "one", { mode: 0o755 });
  await writeFile(join(folder, "src", "lib", "a.js"), "a");
  await writeFile(join(folder, "single.js"), "single");
  await writeFile(join(folder, "ready.zip"), "zip");
  return folder;
}

const resource = (type: string, values: Record<string, unknown>) => ({
  address: `${type}.x`,
  type,
  values,
});
const lambda = (function_name: string, filename: string | null) =>
  resource("aws_lambda_function", { function_name, filename });

test("the sources are the user's files for an archive, or the zip itself", async () => {
  const folder = await createFolder();
  const work = await createWorkFolder(folder);
  onTestFinished(() => work.remove());
  const archive = (output_path: string, values: Record<string, unknown>) =>
    resource("archive_file", { output_path, ...values });
  const resources = [
    archive("./dir.zip", { source_dir: "./src", excludes: ["lib"] }),
    archive("file.zip", { source_file: join(work.directory, "single.js") }),
    archive("text.zip", { source: [{ content: "", filename: "index.js" }] }),
    lambda("dir", join(work.directory, "dir.zip")),
    lambda("file", "./file.zip"),
    lambda("ready", "ready.zip"),
    lambda("text", "text.zip"),
    lambda("bucket", null),
  ];
  expect(functionSources(resources, work)).toEqual([
    {
      functionName: "dir",
      code: { type: "folder", folder: join(folder, "src"), excludes: ["lib"] },
    },
    { functionName: "file", code: { type: "file", file: join(folder, "single.js") } },
    { functionName: "ready", code: { type: "zip", file: join(folder, "ready.zip") } },
  ]);
});

test("the zip has the files, without excluded ones", async () => {
  const folder = join(await createFolder(), "src");
  const names = async (excludes: string[]) =>
    Object.keys(unzipSync(await zipOf({ type: "folder", folder, excludes })));
  expect(await names([])).toEqual(["index.js", "lib/a.js"]);
  expect(await names(["lib"])).toEqual(["index.js"]);
  expect(await names(["**/*.js"])).toEqual([]);
});

test("changed sources update the code once, and unchanged ones do not", async () => {
  const folder = join(await createFolder(), "src");
  const updates: string[] = [];
  let updated = Promise.withResolvers<void>();
  const code = { type: "folder", folder, excludes: [] } as const;
  // Other bytes than those of this process, as from Terraform.
  const deployed = zipSync(unzipSync(await zipOf(code)), { level: 0 });
  const close = await watchSources([{ functionName: "chat", code }], {
    deployed: () => deployed,
    update(_name, zip) {
      updates.push(Buffer.from(unzipSync(zip)["index.js"] ?? []).toString());
    },
    onUpdated: () => updated.resolve(),
    onError: (_name, error) => updated.reject(error),
  });
  onTestFinished(close);
  await writeFile(join(folder, "index.js"), "one");
  // Editors replace a file with another one.
  await writeFile(join(folder, "..", "new.js"), "two");
  await rename(join(folder, "..", "new.js"), join(folder, "index.js"));
  await updated.promise;
  updated = Promise.withResolvers();
  await writeFile(join(folder, "lib", "a.js"), "b");
  await updated.promise;
  expect(updates).toEqual(["two", "two"]);
});

test("a change between the upload of the code and the start of the watch updates the code", async () => {
  const folder = join(await createFolder(), "src");
  const code = { type: "folder", folder, excludes: [] } as const;
  const deployed = await zipOf(code);
  await writeFile(join(folder, "index.js"), "changed");
  const updated: string[] = [];
  const close = await watchSources([{ functionName: "chat", code }], {
    deployed: () => deployed,
    update: () => {},
    onUpdated: (name) => updated.push(name),
    onError: (_name, error) => expect.unreachable(String(error)),
  });
  onTestFinished(close);
  expect(updated).toEqual(["chat"]);
});

test("an invalid zip is reported, and the next one is used", async () => {
  const file = join(await createFolder(), "ready.zip");
  const failed = Promise.withResolvers<unknown>();
  const updated = Promise.withResolvers<string>();
  const deployed = await readFile(file);
  const close = await watchSources([{ functionName: "chat", code: { type: "zip", file } }], {
    deployed: () => deployed,
    update(_name, zip) {
      if (Buffer.from(zip).toString() === "bad") throw new Error("invalid");
    },
    onUpdated: (name) => updated.resolve(name),
    onError: (_name, error) => failed.resolve(error),
  });
  onTestFinished(close);
  await writeFile(file, "bad");
  expect(await failed.promise).toEqual(new Error("invalid"));
  await writeFile(file, "good");
  expect(await updated.promise).toBe("chat");
});

test("the copy has the surroundings of the folder, but no state", async () => {
  const folder = join(await createFolder(), "infra");
  await mkdir(folder);
  await writeFile(join(folder, "main.tf"), "");
  await writeFile(join(folder, "terraform.tfstate"), "{}");
  await symlink(join(folder, "main.tf"), join(folder, "linked.tf"));
  await mkdir(join(folder, "node_modules"));
  await writeFile(join(folder, "node_modules", "a.js"), "");
  const work = await createWorkFolder(folder);
  expect(work.sourceOf("main.tf")).toBe(join(folder, "main.tf"));
  expect(work.sourceOf("../src/index.js")).toBe(join(folder, "..", "src", "index.js"));
  expect(work.sourceOf("new.zip")).toBeUndefined();
  expect(await readdir(work.directory)).toEqual([
    "linked.tf",
    "main.tf",
    "node_modules",
    "zzz_local_aws.tf",
    "zzz_local_aws_override.tf",
  ]);
  expect(await readdir(join(work.directory, "..", "src"))).toEqual(["index.js", "lib"]);
  expect(await readdir(join(work.directory, "node_modules"))).toEqual(["a.js"]);
  await work.remove();
  expect(await readdir(join(folder, "node_modules"))).toEqual(["a.js"]);
  await expect(readdir(work.directory)).rejects.toThrow("ENOENT");
  expect(await readdir(join(folder, "..", "src"))).toEqual(["index.js", "lib"]);
});
