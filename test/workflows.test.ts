import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";

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
  const actions = [...text.matchAll(/- uses: (.*)/g)].map(([, action]) => action);
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

test("a token for AWS is for the jobs that deploy and destroy alone, and for none of them by default", () => {
  expect(withToken.map(({ workflow, name }) => [workflow, name])).toEqual([
    ["deploy-branch.yml", "apply"],
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

/** Something that happened on GitHub, as far as the conditions of jobs ask. */
interface Happening {
  event_name: string;
  actor: string;
  ref_name: string;
  head_ref?: string;
  inputs?: Record<string, string>;
  event: Record<string, unknown>;
}

const REPOSITORY = "octocat/chat";

const push = (branch: string, { actor = "octocat", deleted = false } = {}): Happening => ({
  event_name: "push",
  actor,
  ref_name: branch,
  event: { ref: `refs/heads/${branch}`, deleted },
});

const deletion = (ref: string, ref_type = "branch"): Happening => ({
  event_name: "delete",
  actor: "octocat",
  ref_name: "main",
  event: { ref, ref_type },
});

const closedPullRequest = (
  branch: string,
  {
    repository = REPOSITORY,
    author = "User",
  }: { repository?: string | null; author?: string } = {},
): Happening => {
  const repo = repository === null ? null : { full_name: repository };
  return {
    event_name: "pull_request",
    actor: "octocat",
    ref_name: "7/merge",
    head_ref: branch,
    event: { pull_request: { head: { repo }, user: { type: author } } },
  };
};

const byHand = (branch: string): Happening => ({
  event_name: "workflow_dispatch",
  actor: "octocat",
  ref_name: "main",
  inputs: { branch },
  event: { ref: "refs/heads/main" },
});

/** GitHub's expressions are JavaScript's, but for properties of nothing, which are nothing. */
const evaluate = (expression: string, happening: Happening, vars: Record<string, string>) =>
  runInNewContext(expression.replaceAll(/(?<=\w)\.(?=\w)/g, "?."), {
    github: { ...happening, repository: REPOSITORY },
    inputs: happening.inputs,
    vars: { AWS_REGION: "", ...vars },
    startsWith: (text: string, start: string) => text.startsWith(start),
    endsWith: (text: string, end: string) => text.endsWith(end),
  });

/** The jobs of deploy.yml that run when something happens, each with the queue it stands in. */
function started(happening: Happening, vars: Record<string, string>): string[] {
  const ofDeploy = jobs.filter(({ workflow }) => workflow === "deploy.yml");
  return ofDeploy.flatMap(({ name, text }) => {
    const [, condition = "true"] = /^ {4}if: (?:>-\n)?((?:.|\n {6})*)$/m.exec(text) ?? [];
    if (!evaluate(condition, happening, vars)) return [];
    const [, queue = ""] = /^ {4}concurrency: (.*)$/m.exec(text) ?? [];
    const inQueue = queue.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) =>
      String(evaluate(expression, happening, vars)),
    );
    return [`${name} in ${inQueue}`];
  });
}

describe("deploy.yml", () => {
  test.for<[string, Happening, string[]]>([
    ["a push", push("login"), ["deploy in stack-login"]],
    ["a push to main", push("main"), ["deploy in stack-main"]],
    ["a push that deletes its branch", push("login", { deleted: true }), []],
    ["a push of a bot", push("login", { actor: "renovate[bot]" }), []],
    ["a person's push to a branch of Dependabot", push("dependabot/npm_and_yarn/ws-9"), []],
    [
      "a merge queue's push to main",
      push("main", { actor: "github-merge-queue[bot]" }),
      ["deploy in stack-main"],
    ],
    ["the deletion of a branch", deletion("login"), ["destroy in stack-login"]],
    ["the deletion of main", deletion("main"), []],
    ["the deletion of a tag", deletion("login", "tag"), []],
    ["a request by hand", byHand("login"), ["destroy in stack-login"]],
    ["a request by hand for main", byHand("main"), []],
    ["a closed pull request", closedPullRequest("login"), ["destroy in stack-login"]],
    ["a closed pull request of main", closedPullRequest("main"), []],
    ["a closed pull request of a bot", closedPullRequest("update", { author: "Bot" }), []],
    [
      "a closed pull request of a fork",
      closedPullRequest("login", { repository: "stranger/chat" }),
      [],
    ],
    [
      "a closed pull request of a fork that is gone",
      closedPullRequest("login", { repository: null }),
      [],
    ],
  ])("%s", ([, happening, jobNames]) => {
    expect(started(happening, { AWS_REGION: "us-east-1" })).toEqual(jobNames);
    expect(started(happening, {}), "in a repository that isn't set up").toEqual([]);
  });

  test("destroys the stack of the branch in whose queue it stands", () => {
    const destroy = jobs.find(({ name }) => name === "destroy")?.text ?? "";
    const [, branch = "none"] = /concurrency: stack-(.*)/.exec(destroy) ?? [];
    expect(destroy).toContain(`BRANCH: ${branch}\n`);
  });

  // In a queue, the last to come takes the place of whoever waits: a closed pull request of a fork,
  // from its branch main, took that of production.
  test("has no queue for runs that have nothing to do", () => {
    for (const { text } of workflows.filter(({ name }) => name.startsWith("deploy")))
      expect(text).not.toMatch(/^concurrency:/m);
  });
});
