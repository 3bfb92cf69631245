import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const directory = join(import.meta.dirname, "..", ".github", "workflows");
const workflows = readdirSync(directory).map((name) => ({
  name,
  text: readFileSync(join(directory, name), "utf8"),
}));

/** The jobs of all workflows, without their comments. */
const jobs = workflows.flatMap((workflow) => {
  const text = workflow.text.replaceAll(/^ *#.*\n/gm, "");
  const [, ...parts] = text.slice(text.indexOf("\njobs:\n")).split(/^ {2}(?=[a-z-]+:$)/m);
  return parts.map((part) => ({ workflow: workflow.name, name: part.split(":")[0], text: part }));
});
const withToken = jobs.filter(({ text }) => text.includes("id-token: write"));

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
  expect(withToken.map(({ workflow, name }) => [workflow, name])).toEqual([
    ["deploy.yml", "deploy"],
    ["deploy.yml", "destroy"],
  ]);
  for (const { text } of workflows.filter(({ name }) => name !== "ci.yml"))
    expect(text).toMatch(/^permissions: \{\}$/m);
});

test("no package of npm runs where there is a token for AWS", () => {
  for (const { text } of withToken) expect(text).not.toMatch(/\b(npm|npx|node_modules)\b/);
});

test("no script of a workflow holds what somebody else can name, such as a branch", () => {
  for (const { text } of workflows)
    for (const [, script = ""] of text.matchAll(/run: (\|\n(?: {10}.*\n)+|.*)/g))
      expect(script).not.toContain("${{");
});
