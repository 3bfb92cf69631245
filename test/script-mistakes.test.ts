/** Every script explains a mistake in one sentence, with exit code 1 or 2 and without a stack. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { readDocument, ROOT } from "./docs/markdown.ts";

const { scripts }: { scripts: Record<string, string> } = JSON.parse(readDocument("package.json"));

async function run(command: string, environment: Record<string, string> = {}) {
  const child = spawn("sh", ["-c", command], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  });
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "close"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code: code as unknown, stdout, stderr };
}

const own = Object.entries(scripts).filter(([, command]) => /^(exec )?node /.test(command));

describe.concurrent("an unknown option of", () => {
  test("is tested for all scripts", () => {
    expect(own.map(([name]) => name)).toEqual(
      expect.arrayContaining(["start", "build", "snapshot", "redrive", "soak", "bench", "schemas"]),
    );
  });

  test.for(own)("%s", async ([name, command]) => {
    expect(await run(`${command} --sincee 5`)).toEqual({
      code: 2,
      stdout: "",
      stderr: `Unknown option '--sincee'. For all options, run npm ${name === "start" ? "" : "run "}${name} -- --help.\n`,
    });
  });

  test.for(own)(
    "%s: the help in the message exists",
    { tags: ["extended"] },
    async ([, command]) => {
      const { code, stdout, stderr } = await run(`${command} --help`);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^Usage: npm /);
    },
  );
});

test("npm run snapshot without Terraform", async () => {
  const path = await mkdtemp(join(tmpdir(), "websocket-lambda-path-"));
  onTestFinished(() => rm(path, { recursive: true }));
  await symlink(process.execPath, join(path, "node"));
  await symlink("/bin/sh", join(path, "sh"));
  const { code, stderr } = await run(scripts["snapshot"] ?? "", { PATH: path });
  expect(stderr).toMatch(/^Terraform is not installed, or not on the PATH\. Install version .*\n$/);
  expect(code).toBe(2);
});

test.for<[command: string, sentence: string]>([
  ["node test/bench/index.ts --only nonsense", "--only must be one of sizes, "],
  ["node test/faults/soak.ts --messages many", "--messages must be a whole number of at least 1, "],
  ["node scripts/branch-project.ts", "No branch. Usage: "],
])("%s", async ([command, sentence]) => {
  const { code, stdout, stderr } = await run(command);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr.startsWith(sentence)).toBe(true);
  expect(stderr).toMatch(/^.*\n$/);
});

test.for([
  ["a dead port", "ws://localhost:1/", /^ws:.*: NoReplyError: Could not connect.*\nCheck the URL/],
  ["no URL", "localhost", /^localhost: not a WebSocket URL/],
] as const)("examples/client.ts with %s", async ([, url, sentence]) => {
  const { code, stdout, stderr } = await run(`node examples/client.ts ${url}`);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^ {4}at /m);
});

test("a bug is printed with its stack, and as a bug", async () => {
  const module = JSON.stringify(join(ROOT, "scripts", "run-script.ts"));
  const program = `const { runScript } = await import(${module}); await runScript({ command: "npm run x --", usage: "", main: () => null.member });`;
  const { code, stderr } = await run(`node --input-type=module --eval '${program}'`);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^TypeError: Cannot read.*\n {4}at /);
  expect(stderr).toMatch(/^This is a bug in npm run x\. Please report it\.$/m);
});
