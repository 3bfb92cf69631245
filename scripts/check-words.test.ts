import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "check-words-"));
  for (const file of ["words.ts", "check-words.ts", "words.test.ts"])
    cpSync(join(import.meta.dirname, file), join(folder, "scripts", file));
});

afterEach(() => rmSync(folder, { recursive: true }));

const check = (env = {}, ...files: string[]) =>
  spawnSync(process.execPath, ["scripts/check-words.ts", ...files], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, CI: "false", ...env },
  });

const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });

test("prints the file, the line, the words and the term, and fails", () => {
  git("init", "--quiet");
  writeFileSync(join(folder, "main.tf"), "# A role\n# beside a policy\n");
  git("add", "main.tf");
  writeFileSync(join(folder, "time-out.md"), "New, not added yet.\n");
  const { stderr, status } = check();
  expect(stderr).toContain('main.tf:2: "beside" (next to, in addition to)\n');
  expect(stderr).toContain('time-out.md: name: "time-out" (timeout)\n');
  expect(stderr).toContain("Found 2 words to avoid.");
  expect(status).toBe(1);
});

test("succeeds without findings, and skips ignored, binary and deleted files", () => {
  git("init", "--quiet");
  writeFileSync(join(folder, ".gitignore"), "ignored.md\n");
  writeFileSync(join(folder, "ignored.md"), "beside\n");
  writeFileSync(join(folder, "picture.png"), "beside\0");
  writeFileSync(join(folder, "deleted.md"), "beside\n");
  git("add", ".");
  rmSync(join(folder, "deleted.md"));
  expect(check()).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test("reads only the files that are its arguments", () => {
  git("init", "--quiet");
  for (const name of ["one.md", "two.md"]) writeFileSync(join(folder, name), "beside\n");
  expect(check({}, join(folder, "two.md")).stderr).toMatch(/^two\.md:1: .*\n\nFound 1 words/);
});

test("is skipped without Git, except in CI", () => {
  writeFileSync(join(folder, "notes.md"), "beside\n");
  const skipped = { stdout: expect.stringContaining("Skipped the word check") };
  expect(check({ PATH: "" })).toMatchObject({ status: 0, ...skipped });
  expect(check({ PATH: "", CI: "true" })).toMatchObject({ status: 1, ...skipped });
});
