import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";

async function createFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "local-aws-command-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** Runs the command with an empty `PATH`. */
async function run(temporary: string, ...args: string[]) {
  const cli = join(import.meta.dirname, "..", "cli.ts");
  const child = spawn(process.execPath, [cli, ...args], {
    env: { ...process.env, PATH: temporary, TMPDIR: temporary, XDG_CACHE_HOME: temporary },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "exit"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code: Number(code), stdout, stderr };
}

test.for(["start", "check"])(
  "%s without Terraform is reported in one sentence, and leaves no files",
  async (name) => {
    const folder = await createFolder();
    await writeFile(join(folder, "main.tf"), 'provider "aws" {}\n');
    const temporary = await createFolder();
    expect(await run(temporary, name, "--port", "0", folder)).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "Terraform is not installed, or not on the PATH. Install it: https://developer.hashicorp.com/terraform/install\n",
    });
    expect(await readdir(temporary)).toEqual(["local-aws"]);
    expect(await readdir(folder)).toEqual(["main.tf"]);
  },
);

test.for<[string, string[], string]>([
  ["a folder that does not exist", ["start", "/no/folder"], "/no/folder is not a folder."],
  ["a folder without Terraform", ["check", import.meta.dirname], "has no Terraform files (*.tf)."],
  ["two folders", ["start", "a", "b"], "Only one folder can be given, not a and b."],
  ["an unknown option", ["check", "--prot"], "For all options, run local-aws check --help."],
  [
    "a wrong port",
    ["start", "--port", "x"],
    '--port must be a whole number from 0 to 65535, not "x".',
  ],
])("%s is reported in one line", async ([, args, line]) => {
  const { code, stderr } = await run(await createFolder(), ...args);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).toContain(line);
});

test("start --help describes both commands", async () => {
  const { code, stdout } = await run(await createFolder(), "start", "--help");
  expect(code).toBe(0);
  expect(stdout).toContain("local-aws check [options] [folder]");
  expect(stdout).toContain("--only-reachable");
});
