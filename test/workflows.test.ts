import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const directory = join(import.meta.dirname, "..", ".github", "workflows");
const workflows = readdirSync(directory).map((name) => ({
  name,
  text: readFileSync(join(directory, name), "utf8"),
}));

test.for(workflows)("$name pins every action by its commit, and says its version", ({ text }) => {
  const actions = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action);
  expect(actions).not.toEqual([]);
  for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+/);
});

test.for(workflows)("$name knows no secret", ({ text }) => {
  expect(text).not.toMatch(/secrets[.[]/);
});

test("signatures are audited of packages that are installed", () => {
  const ci = workflows.find(({ name }) => name === "ci.yml")?.text ?? "";
  const commands = [...ci.slice(ci.indexOf("  audit:")).matchAll(/run: (.*)/g)];
  expect(commands.map(([, command]) => command).slice(-2)).toEqual([
    "npm ci --ignore-scripts",
    "npm audit signatures",
  ]);
});

test("a token for AWS is for the jobs of deploy.yml alone, and for none of them by default", () => {
  const withToken = workflows.filter(({ text }) => text.includes("id-token: write"));
  expect(withToken.map(({ name }) => name)).toEqual(["deploy.yml"]);
  expect(withToken[0]?.text).toMatch(/^permissions: \{\}$/m);
});

test("no script of a workflow holds what somebody else can name, such as a branch", () => {
  for (const { text } of workflows)
    for (const [, script = ""] of text.matchAll(/run: (\|\n(?: {10}.*\n)+|.*)/g))
      expect(script).not.toContain("${{");
});
