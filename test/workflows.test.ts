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
  const used = [...text.matchAll(/\buses: (.*)/g)].map(([, action]) => action);
  expect(used).not.toEqual([]);
  const OWN = String.raw`\./\.github/workflows/[\w-]+\.yml`;
  const PINNED = String.raw`[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+.*`;
  for (const action of used) expect(action).toMatch(new RegExp(`^(${OWN}|${PINNED})$`));
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
    ["deploy-production.yml", "deploy"],
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

/**
 * GitHub's expressions are JavaScript's, but for two things: properties of nothing are nothing, and
 * texts are compared without regard to case, by functions too. So all letters here are small.
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
 */
function evaluate(expression: string, happening: Happening, vars: Record<string, string>) {
  const contexts = JSON.stringify({
    github: { ...happening, repository: REPOSITORY },
    inputs: happening.inputs ?? null,
    vars: { AWS_REGION: "", ...vars },
  });
  return runInNewContext(expression.toLowerCase().replaceAll(/(?<=\w)\.(?=\w)/g, "?."), {
    ...JSON.parse(contexts.toLowerCase()),
    startswith: (text: string, start: string) => text.startsWith(start),
    endswith: (text: string, end: string) => text.endsWith(end),
  });
}

/** Whether a workflow's triggers take what happened. Of branches, they tell upper from lower case. */
function triggers(workflow: string, { event_name, ref_name }: Happening): boolean {
  const text = workflows.find(({ name }) => name === workflow)?.text ?? "";
  const [, on = ""] = /^on:\n((?: .*\n)*)/m.exec(text) ?? [];
  if (!new RegExp(`^ {2}${event_name}:`, "m").test(on)) return false;
  if (event_name !== "push") return true;
  const [, ignore, list = ""] = /^ {4}branches(-ignore)?: \[(.*)\]$/m.exec(on) ?? [];
  return list.split(", ").includes(ref_name) === (ignore === undefined);
}

/** The jobs that run when something happens, each with its environment and the queue it stands in. */
function started(happening: Happening, vars: Record<string, string>): string[] {
  const toStart = jobs.filter(
    ({ workflow }) => workflow !== "ci.yml" && triggers(workflow, happening),
  );
  return toStart.flatMap(({ name, text }) => {
    const [, condition = "true"] = /^ {4}if: (?:>-\n)?((?:.|\n {6})*)$/m.exec(text) ?? [];
    if (!evaluate(condition, happening, vars)) return [];
    const [, queue = ""] = /^ {6}group: (.*)$/m.exec(text) ?? [];
    const inQueue = queue.replaceAll(/\$\{\{(.*?)\}\}/g, (_, expression: string) =>
      String(evaluate(expression, happening, vars)),
    );
    const [, environment = ""] = /^ {4,6}environment: (.*)$/m.exec(text) ?? [];
    return [`${name} ${environment} in ${inQueue}`];
  });
}

describe("the workflows that deploy", () => {
  test.for<[string, Happening, string[]]>([
    ["a push", push("login"), ["deploy preview in stack-login"]],
    ["a push to main", push("main"), ["deploy production in stack-main"]],
    ["a push to a branch that is called main but for case", push("MAIN"), []],
    ["a bot's push to such a branch", push("Main", { actor: "renovate[bot]" }), []],
    [
      "a push of a bot whose name is written in other letters",
      push("login", { actor: "Renovate[Bot]" }),
      [],
    ],
    ["a push that deletes its branch", push("login", { deleted: true }), []],
    ["a push of a bot", push("login", { actor: "renovate[bot]" }), []],
    ["a person's push to a branch of Dependabot", push("dependabot/npm_and_yarn/ws-9"), []],
    [
      "a merge queue's push to main",
      push("main", { actor: "github-merge-queue[bot]" }),
      ["deploy production in stack-main"],
    ],
    ["the deletion of a branch", deletion("login"), ["destroy preview in stack-login"]],
    ["the deletion of main", deletion("main"), []],
    ["the deletion of a branch without a stack", deletion("MAIN"), []],
    ["the deletion of a tag", deletion("login", "tag"), []],
    ["a request by hand", byHand("login"), ["destroy preview in stack-login"]],
    ["a request by hand for main", byHand("main"), []],
    ["a closed pull request", closedPullRequest("login"), ["destroy preview in stack-login"]],
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

  test("destroy the stack of the branch in whose queue it stands", () => {
    const destroy = jobs.find(({ name }) => name === "destroy")?.text ?? "";
    const [, branch = "none"] = /group: stack-(.*)/.exec(destroy) ?? [];
    expect(destroy).toContain(`BRANCH: ${branch}\n`);
  });

  // Names of queues ignore case: a push to Login took the place of the end of login, whose stack stayed.
  test("keep the place of every job that waits in a queue", () => {
    const queues = jobs.filter(({ text }) => text.includes("concurrency:"));
    expect(queues.map(({ workflow, name }) => `${workflow} ${name}`)).toEqual([
      "deploy-production.yml deploy",
      "deploy.yml deploy",
      "deploy.yml destroy",
    ]);
    for (const { text } of queues)
      expect(text).toMatch(/^ {4}concurrency:\n {6}group: stack-.*\n {6}queue: max$/m);
  });

  test("wait for the lock of a state", () => {
    const commands = workflows.flatMap(({ text }) =>
      Array.from(text.matchAll(/terraform -chdir=terraform (?:apply|destroy).*/g), String),
    );
    expect(commands).toHaveLength(2);
    for (const command of commands) expect(command).toMatch(/ -lock-timeout=5m$/);
  });

  // A closed pull request of a fork, from its branch main, took the place of production.
  test("have no queue for runs that have nothing to do", () => {
    for (const { text } of workflows.filter(({ name }) => name.startsWith("deploy")))
      expect(text).not.toMatch(/^concurrency:/m);
  });
});
