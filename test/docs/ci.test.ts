/**
 * Runs the recipes in docs/ci.md as scripts in a new folder.
 * @module-tag extended
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { fencedBlocks, readDocument, ROOT } from "./markdown.ts";
import { descendantsOf, processes } from "../processes.ts";

interface Step {
  run?: string;
  "working-directory"?: string;
}

/** The steps that run a command, except for the installation, which needs the network. */
const recipes = fencedBlocks(readDocument("docs/ci.md"))
  .filter(({ language }) => language === "yaml")
  .map(({ lines }): { test: { steps: Step[] } } => parse(lines.join("\n")))
  .map(({ test: { steps } }) => steps.filter(({ run = "npm ci" }) => run !== "npm ci"));

/** Copies the files that `npm start` and the example need, and links the installed packages. */
async function checkOut(directory: string): Promise<void> {
  const parts = ["client", "examples", "functions", "local-aws", "scripts", "shared", "terraform"];
  for (const name of [...parts, "docs/protocol.schema.json", "package.json", ".npmrc"])
    await cp(join(ROOT, name), join(directory, name), {
      recursive: true,
      filter: (path) => !/\/(\.terraform|dist)$/.test(path),
    });
  await symlink(join(ROOT, "node_modules"), join(directory, "node_modules"));
}

/** The environment of a CI runner, without npm's variables for this repository. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|AWS_)/i.test(name)),
);

let workspace: string;
beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "websocket-lambda-ci-"));
  await checkOut(join(workspace, "backend"));
  return () => rm(workspace, { recursive: true, force: true, maxRetries: 3 });
});

/** Starts a step as a CI runner does. */
function start(step: Step, directory: string) {
  const cwd = join(directory, step["working-directory"] ?? "");
  const child = spawn("bash", ["-e", "-c", step.run ?? ""], {
    cwd,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [out, errors] = [text(child.stdout), text(child.stderr)];
  return {
    child,
    ended: async () => {
      const [code] = await once(child, "close");
      return { code: Number(code), printed: (await out) + (await errors) };
    },
  };
}

test("the recipe for this repository passes, and prints the results of the example", async () => {
  const [step, ...others] = recipes[0] ?? [];
  expect(others).toEqual([]);
  const { code, printed } = await start(step ?? {}, join(workspace, "backend")).ended();
  expect(printed).toContain("reverse olleh");
  expect(code).toBe(0);
});

/** Creates a front end whose `npm test` runs this program. */
async function frontEnd(program: string): Promise<Step> {
  const [step, ...others] = recipes[1] ?? [];
  expect(others).toEqual([]);
  const scripts = { test: "node test.mjs" };
  await writeFile(join(workspace, "package.json"), JSON.stringify({ private: true, scripts }));
  await writeFile(join(workspace, "test.mjs"), program);
  return step ?? {};
}

const CONNECT = `
const socket = new WebSocket(process.env.WEBSOCKET_URL);
socket.onopen = () => socket.send('{"action":"uppercase","data":{"text":"ok"},"requestId":"1"}');
socket.onmessage = ({ data }) => {
  console.log(data);
  process.exit(JSON.parse(data).result === EXPECTED ? 0 : 1);
};`;

test.for([
  ["passes", '"OK"', 0],
  ["fails", '"ok"', 1],
] as const)("the recipe for a front end %s with its tests", async ([, expected, code]) => {
  const step = await frontEnd(CONNECT.replace("EXPECTED", expected));
  const ended = await start(step, workspace).ended();
  expect(ended.printed).toContain('"result":"OK"');
  expect(ended.code).toBe(code);
});

test("a canceled job leaves no process", async () => {
  const ready = join(workspace, "ready");
  const program = `import { writeFileSync } from "node:fs";
    writeFileSync("ready", "");
    setInterval(() => {}, 1000);`;
  const { child, ended } = start(await frontEnd(program), workspace);
  await expect.poll(() => existsSync(ready)).toBe(true);
  const pids = descendantsOf(child.pid);
  // Node.js, esbuild, both functions, the shell of --run, npm and its test.
  expect(pids.length).toBeGreaterThanOrEqual(7);
  child.kill("SIGTERM");
  expect((await ended()).code).not.toBe(0);
  expect(processes().filter(({ pid }) => pids.includes(pid))).toEqual([]);
});
