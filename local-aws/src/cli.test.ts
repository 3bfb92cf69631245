import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Lambda } from "@aws-sdk/client-lambda";
import { strToU8, zipSync } from "fflate";
import { expect, onTestFinished, test } from "vitest";
import { addRole } from "./iam/testing.ts";
import { createLocalAws } from "./local-aws.ts";
import { writeSnapshot } from "./snapshot.ts";
import { emptyState } from "./state.ts";

function start(...args: string[]) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "cli.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function run(...args: string[]) {
  const child = start(...args);
  const [[code], stdout, stderr] = await Promise.all([
    once(child, "exit"),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { code: Number(code), stdout, stderr };
}

/** Reads the output until the introduction is complete. */
async function introductionOf({ stdout }: ChildProcess): Promise<string> {
  let printed = "";
  for await (const chunk of stdout ?? []) {
    printed += String(chunk);
    if (printed.includes("Logs of the functions:")) return printed;
  }
  throw new Error(`The command ended: ${printed}`);
}

const endpointIn = (introduction: string) =>
  / AWS_ENDPOINT_URL=(\S+)/.exec(introduction)?.[1] ?? "";

test("without options, it starts an empty local AWS with a console, and Ctrl-C stops it", async () => {
  const child = start("--port", "0", "--account", "111122223333");
  const introduction = await introductionOf(child);
  expect(introduction).toContain("An empty local AWS is running.");
  const endpoint = endpointIn(introduction);
  expect(introduction).toContain(`Console  ${endpoint}/\n`);
  expect(await (await fetch(endpoint)).text()).toContain("<title>Local AWS</title>");
  const snapshot = await (await fetch(`${endpoint}/_local/snapshot`)).json();
  expect(snapshot).toEqual({
    accountId: "111122223333",
    iam: { roles: {}, policies: {} },
    regions: {},
  });
  child.kill("SIGINT");
  expect((await once(child, "exit"))[0]).toBe(0);
});

test("a local AWS can start from a snapshot that another one served", async () => {
  const directory = await mkdtemp(join(tmpdir(), "local-aws-cli-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const aws = createLocalAws({ accountId: "111122223333" });
  onTestFinished(() => aws.close());
  await aws.listen();
  const file = join(directory, "stack.json");
  await writeFile(file, aws.snapshot());
  const child = start("--port", "0", "--snapshot", file, "--functions", directory);
  const introduction = await introductionOf(child);
  expect(introduction).toContain("\nThe local AWS is running.");
  const response = await fetch(`${endpointIn(introduction)}/_local/snapshot`);
  expect(await response.text()).toBe(aws.snapshot());
});

test("with --aws-timing, a new function is still Pending in the next request", async () => {
  const directory = await mkdtemp(join(tmpdir(), "local-aws-cli-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const state = emptyState();
  const Role = addRole(state, "function", "lambda.amazonaws.com");
  const file = join(directory, "stack.json");
  await writeFile(file, writeSnapshot(state, "http://localhost:1"));
  const child = start("--port", "0", "--aws-timing", "--snapshot", file, "--functions", directory);
  const lambda = new Lambda({
    endpoint: endpointIn(await introductionOf(child)),
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const FunctionName = "slow";
  await lambda.createFunction({
    FunctionName,
    Role,
    Runtime: "nodejs22.x",
    Handler: "index.handler",
    Code: { ZipFile: zipSync({ "index.js": strToU8("") }) },
  });
  const { State } = await lambda.getFunctionConfiguration({ FunctionName });
  expect(State).toBe("Pending");
});

test("--help lists the options and the faults", async () => {
  const { code, stdout, stderr } = await run("--help");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("--snapshot <file>");
  expect(stdout).toContain("vanish-after-post");
});

test.for([
  [["--port", "many"], '--port must be a whole number from 0 to 65535, not "many".'],
  [["--port", ""], '--port must be a whole number from 0 to 65535, not "".'],
  [["--port", "0x50"], '--port must be a whole number from 0 to 65535, not "0x50".'],
  [["--account", "1"], '--account must have 12 digits, not "1".'],
  [["--prot", "1"], "Unknown option '--prot'. For all options, run local-aws --help."],
  [["--functions", "."], "--functions needs --snapshot, which names the functions."],
  [
    ["here"],
    "Unexpected argument 'here'. This command does not take positional arguments. For all options, run local-aws --help.",
  ],
  [["--snapshot", "no.json"], "--snapshot: no.json does not exist."],
  [["--snapshot", "."], "--snapshot: . is a directory."],
  [
    ["--snapshot", "package.json", "--functions", "LICENSE"],
    "--functions: LICENSE is not a directory.",
  ],
  [
    ["--snapshot", "package.json"],
    "This JSON is not a snapshot: a snapshot has the members accountId, iam and regions. Use the text that snapshot() returns.",
  ],
] as const)("an invalid option is reported in one line: %j", async ([args, line]) => {
  expect(await run(...args)).toEqual({ code: 2, stdout: "", stderr: `${line}\n` });
});

test("npm exec accepts --port without --, and start reports where -- is missing", async () => {
  const env = { ...process.env, npm_command: "exec", npm_config_port: "true" };
  const startByNpm = (...args: string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, "cli.ts"), ...args], { env });
    onTestFinished(() => void child.kill("SIGKILL"));
    return child;
  };
  const child = startByNpm("0");
  expect(endpointIn(await introductionOf(child))).toMatch(/^http:\/\/localhost:\d+$/);
  const mistaken = startByNpm("start", "infra", "0");
  const [[code], stderr] = await Promise.all([once(mistaken, "exit"), text(mistaken.stderr)]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: "npm removed --port from the command. Write -- before its name: npx -- local-aws\n",
  });
});

test("an older Node.js is reported in one line, with how to install a newer one", async () => {
  // Replaces the version that the command reads.
  const older = 'Object.defineProperty(process.versions, "node", { value: "20.20.2" })';
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${older}`, join(import.meta.dirname, "../bin/local-aws.js")],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const [[code], stderr] = await Promise.all([once(child, "exit"), text(child.stderr)]);
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      "local-aws needs Node.js 22 or newer. This is Node.js 20.20.2. Update Node.js, or install it for your project only: npm install --save-dev node@22\n",
  });
});

test("an unknown fault is an error that lists the faults", async () => {
  const { code, stderr } = await run("--fault", "nonsense");
  expect(code).toBe(2);
  expect(stderr).toMatch(/^--fault must be a name.*not "nonsense"/);
  expect(stderr).toContain("vanish-after-post");
  expect(stderr).not.toContain("    at ");
});

test("a port in use is reported in one line", async () => {
  const other = createServer();
  onTestFinished(() => void other.close());
  await once(other.listen(0, "127.0.0.1"), "listening");
  const { port } = other.address() as AddressInfo;
  expect(await run("--port", String(port))).toEqual({
    code: 2,
    stdout: "",
    stderr: `Port ${port} is in use. Stop the other process, or choose another port: local-aws --port 4567\n`,
  });
});
