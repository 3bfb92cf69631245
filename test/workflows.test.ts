import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

interface Job {
  if?: string;
  uses?: string;
  permissions?: Record<string, string>;
  concurrency?: { group: string; queue?: string };
  env?: Record<string, string>;
  steps?: { uses?: string; run?: string; with?: Record<string, unknown> }[];
}

interface Workflow {
  permissions: Record<string, string>;
  concurrency?: unknown;
  jobs: Record<string, Job>;
}

const directory = join(import.meta.dirname, "..", ".github", "workflows");
const workflows = readdirSync(directory).map((name) => {
  const text = readFileSync(join(directory, name), "utf8");
  // Throws if the text is not valid YAML or has a key twice.
  return { name, text, workflow: parse(text) as Workflow };
});

const jobs = workflows.flatMap(({ name: file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({
    title: `${file} ${name}`,
    job,
    commands: (job.steps ?? []).flatMap(({ run }) => run ?? []),
  })),
);
const jobsWithToken = jobs.filter(({ job }) => job.permissions?.["id-token"] === "write");
const jobsWithQueue = jobs.filter(({ job }) => job.concurrency !== undefined);

test.for(workflows)("$name pins every action to a commit and names its version", ({ text }) => {
  const used = Array.from(text.matchAll(/\buses: (.*)/g), ([, action]) => action);
  expect(used).not.toEqual([]);
  const own = String.raw`\./\.github/workflows/[\w-]+\.yml`;
  const pinned = String.raw`[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+.*`;
  for (const action of used) expect(action).toMatch(new RegExp(`^(${own}|${pinned})$`));
});

/** The oldest major version of each action that runs on Node.js 24. */
const ON_NODE_24: Readonly<Record<string, number>> = {
  "actions/checkout": 5,
  "actions/download-artifact": 7,
  "actions/setup-node": 5,
  "actions/upload-artifact": 6,
  "aws-actions/configure-aws-credentials": 6,
  "hashicorp/setup-terraform": 4,
};

// GitHub's runners no longer have Node.js 20, on which older versions run.
test("every action runs on Node.js 24", () => {
  const used = workflows.flatMap(({ text }) =>
    Array.from(
      text.matchAll(/\buses: ([\w-]+\/[\w-]+)@\w+ # v(\d+)/g),
      ([, name = "", major]): [string, number] => [name, Number(major)],
    ),
  );
  expect(new Set(used.map(([name]) => name))).toEqual(new Set(Object.keys(ON_NODE_24)));
  expect(used.filter(([name, major]) => major < (ON_NODE_24[name] ?? 0))).toEqual([]);
});

test.for(workflows)("$name grants no permission by default, except to read the code", (file) => {
  expect(file.workflow.permissions).toEqual(file.name === "ci.yml" ? { contents: "read" } : {});
});

test.for(workflows)("$name uses no secret", ({ text }) => {
  expect(text).not.toMatch(/secrets[.[]/);
});

test("only the jobs that deploy or destroy a stack get a token for AWS", () => {
  expect(jobsWithToken.map(({ title }) => title)).toEqual([
    "deploy-branch.yml apply",
    "deploy-production.yml deploy",
    "deploy.yml deploy",
    "deploy.yml destroy",
  ]);
});

test("no npm package runs in a job that has a token for AWS", () => {
  for (const { commands } of jobsWithToken)
    for (const command of commands) expect(command).not.toMatch(/\b(npm|npx|node_modules)\b/);
});

// Jobs that run npm packages write that cache. setup-node can restore it by default.
test("no job that has a token for AWS restores a cache of npm packages", () => {
  const inputs = jobsWithToken
    .flatMap(({ job }) => job.steps ?? [])
    .filter(({ uses }) => uses?.startsWith("actions/setup-node@"))
    .map((step) => step.with);
  expect(inputs).toEqual(
    Array.from({ length: 2 }, () => ({
      "node-version-file": ".nvmrc",
      "package-manager-cache": false,
    })),
  );
});

// GitHub replaces an expression before the shell reads the script. So a branch name could be a command.
test("no script contains an expression", () => {
  const all = jobs.flatMap(({ commands }) => commands);
  expect(all.length).toBeGreaterThan(10);
  for (const command of all) expect(command).not.toContain("${{");
});

test("CI audits the signatures of installed packages", () => {
  const audit = jobs.find(({ title }) => title === "ci.yml audit");
  expect(audit?.commands.slice(-2)).toEqual(["npm ci --ignore-scripts", "npm audit signatures"]);
});

describe("the workflows that deploy", () => {
  // The names of groups ignore case. A push to Login once replaced the waiting destroy of login.
  test("run the jobs of one stack one after the other, and keep every waiting job", () => {
    expect(jobsWithQueue.map(({ title }) => title)).toEqual([
      "deploy-production.yml deploy",
      "deploy.yml deploy",
      "deploy.yml destroy",
    ]);
    for (const { job } of jobsWithQueue)
      expect(job.concurrency).toEqual({
        group: expect.stringMatching(/^stack-./),
        queue: "max",
      });
  });

  // A closed pull request from the branch main of a fork once replaced a deployment of production.
  test("have no queue for runs without work", () => {
    for (const { workflow } of workflows) expect(workflow.concurrency).toBeUndefined();
  });

  test("do nothing in a repository without the variable AWS_REGION", () => {
    for (const { job } of jobsWithQueue) expect(job.if).toContain("vars.AWS_REGION != ''");
  });

  test("deploy no branch of a bot, and destroy neither main nor the stack of a fork's branch", () => {
    const conditionOf = (title: string) => jobs.find((job) => job.title === title)?.job.if;
    expect(conditionOf("deploy.yml deploy")).toContain("!endsWith(github.actor, '[bot]')");
    const destroy = conditionOf("deploy.yml destroy");
    expect(destroy).toContain(
      "(inputs.branch || github.head_ref || github.event.ref) != 'main' && (",
    );
    expect(destroy).toContain("github.event.pull_request.head.repo.full_name == github.repository");
  });

  test("destroy the stack of the branch in whose queue the job waits", () => {
    const destroy = jobs.find(({ title }) => title === "deploy.yml destroy")?.job;
    expect(destroy?.concurrency?.group).toBe(`stack-${destroy?.env?.["BRANCH"]}`);
  });

  test("wait for the lock of a state", () => {
    const changes = jobs
      .flatMap(({ commands }) => commands)
      .filter((command) => /terraform -chdir=terraform (apply|destroy)/.test(command));
    expect(changes).toHaveLength(2);
    for (const command of changes) expect(command).toMatch(/ -lock-timeout=5m$/);
  });
});
