import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  changesSinceSnapshot,
  notesOnTerraform,
  reportTerraformChanges,
} from "./terraform-changes.ts";

const ROOT = join(import.meta.dirname, "..", "..");

test("the snapshot is up to date with terraform/ (if not, run npm run snapshot)", async () => {
  expect(await changesSinceSnapshot(ROOT)).toEqual([]);
});

/** Creates a copy of `terraform/`. */
async function copyTerraform() {
  const root = await mkdtemp(join(tmpdir(), "websocket-lambda-changes-"));
  onTestFinished(() => rm(root, { recursive: true }));
  await cp(join(ROOT, "terraform"), join(root, "terraform"), {
    recursive: true,
    filter: (path) => !/\/\.terraform$|\.tfvars(\.json)?$/.test(path),
  });
  const path = (name: string) => join(root, "terraform", name);
  return {
    root,
    notes: () => notesOnTerraform(root),
    write: (name: string, text: string) => writeFile(path(name), text),
    remove: (name: string) => rm(path(name)),
    read: (name: string) => readFile(path(name), "utf8"),
  };
}

test("the note lists changed, added and deleted files, and the command to run", async () => {
  const copy = await copyTerraform();
  expect(await copy.notes()).toEqual([]);
  await copy.write("iam.tf", `${await copy.read("iam.tf")}\n# changed\n`);
  await copy.write("account/more.tf", "locals {}\n");
  await copy.remove("logs.tf");
  expect(await copy.notes()).toEqual([
    "terraform/iam.tf, terraform/logs.tf, terraform/account/more.tf changed after the snapshot of the stack was made. To start the changed stack, run npm run snapshot.",
  ]);
  await copy.remove("api.tf");
  expect((await copy.notes())[0]).toMatch(/^4 files in terraform\/ changed/);
});

test("line endings, overrides and tests do not count as changes", async () => {
  const copy = await copyTerraform();
  await copy.write("iam.tf", (await copy.read("iam.tf")).replaceAll("\n", "\r\n"));
  await copy.write("backend_override.tf", "terraform {}\n");
  await copy.write("tests/more.tftest.hcl", "");
  expect(await copy.notes()).toEqual([]);
});

test("a note lists files with values of variables that the stack does not use", async () => {
  const copy = await copyTerraform();
  await copy.write("terraform.tfvars", "processor_timeout = 3\n");
  expect(await copy.notes()).toEqual([
    "The stack has the defaults of Terraform, without the values in terraform/terraform.tfvars. To use these values, run npm start -- --empty and terraform apply.",
  ]);
});

test("an edit while npm start runs is reported once, and again if another file changes", async () => {
  const copy = await copyTerraform();
  const lines: string[] = [];
  let onLine = (_line: string) => {};
  const nextLine = () => new Promise<string>((resolve) => (onLine = resolve));
  const end = await reportTerraformChanges((line) => {
    lines.push(line);
    onLine(line);
  }, copy.root);
  onTestFinished(end);
  const first = nextLine();
  await copy.write("iam.tf", `${await copy.read("iam.tf")}\n# changed\n`);
  expect(await first).toMatch(/^terraform\/iam.tf changed after/);
  const second = nextLine();
  await copy.write("iam.tf", `${await copy.read("iam.tf")}\n# changed again\n`);
  await copy.write("account/more.tf", "locals {}\n");
  expect(await second).toMatch(/^terraform\/iam.tf, terraform\/account\/more.tf changed after/);
  expect(lines).toHaveLength(2);
});
