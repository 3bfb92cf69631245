import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, property, string } from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { projectOf } from "./branch-project.ts";

test.for([
  ["main", /^websocket-lambda$/],
  ["feature/login", /^preview-feature-login-[0-9a-f]{6}$/],
  ["Fix_A_Very-long/branch.name", /^preview-fix-a-very-long-[0-9a-f]{6}$/],
  ["日本", /^preview-[0-9a-f]{6}$/],
] as const)("the project of the branch %s contains the name of the branch", ([branch, project]) => {
  expect(projectOf(branch)).toMatch(project);
});

test("branches with similar names have different projects", () => {
  expect(new Set(["feature/a", "feature-a", "Feature/a"].map(projectOf)).size).toBe(3);
});

test("the script runs without installed packages", () => {
  const directory = mkdtempSync(join(tmpdir(), "websocket-lambda-branch-project-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  // Like a checkout in CI before `npm ci`: the sources, and the package.json that makes them ES modules.
  cpSync(import.meta.dirname, join(directory, "scripts"), { recursive: true });
  cpSync(join(import.meta.dirname, "..", "package.json"), join(directory, "package.json"));
  const script = join(directory, "scripts", "branch-project.ts");
  expect(execFileSync(process.execPath, [script, "main"], { encoding: "utf8" })).toBe(
    "websocket-lambda\n",
  );
});

test("the project of any branch is valid in Terraform", () => {
  const variables = readFileSync(
    join(import.meta.dirname, "..", "terraform", "variables.tf"),
    "utf8",
  );
  const [, pattern = ""] = /regex\("(\^[^"]+)", var\.project\)/.exec(variables) ?? [];
  expect(pattern).toContain("a-z");
  assert(
    property(string({ minLength: 1, unit: "grapheme" }), (branch) => {
      expect(projectOf(branch)).toMatch(new RegExp(pattern));
    }),
  );
});

test("the projects of previews and of main start with the prefixes that the deployment roles allow", () => {
  const file = join(import.meta.dirname, "..", "terraform", "github", "variables.tf");
  const prefixes = new Map(
    Array.from(
      readFileSync(file, "utf8").matchAll(/^ {4}(preview|production) *= "(.*)"$/gm),
      ([, environment, prefix]) => [environment, prefix],
    ),
  );
  expect(projectOf("a").startsWith(prefixes.get("preview") ?? "?")).toBe(true);
  expect(projectOf("main")).toBe(prefixes.get("production"));
});
