/** @module-tag extended */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { build } from "esbuild";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { request } from "./conformance/signed-request.ts";
import { fencedBlocks, readDocument } from "./docs/markdown.ts";
import { because, reasonToSkip } from "./terraform/available.ts";

const ROOT = join(import.meta.dirname, "..");
const CLIENT = "@websocket-lambda/client";
const LOCAL_AWS = "@websocket-lambda/local-aws";

/** Milliseconds for two builds and an installation on a busy machine. */
const INSTALL_TIMEOUT = 180_000;

const run = promisify(execFile);

/** The environment of a user: without the settings that npm scripts of this repository have. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) =>
      name !== "NODE_OPTIONS" && !/^npm_(?!config_(cache|registry|userconfig)$)/i.test(name),
  ),
);

/** The folder of this test: the sources that are packed, the tarballs, and the project of a user. */
let folder: string;
let project: string;
const contents = new Map<string, string[]>();

interface Packed {
  name: string;
  filename: string;
  files: { path: string }[];
}

/** Packs a copy of the sources, because other tests read this folder at the same time. */
async function pack(): Promise<string[]> {
  const source = join(folder, "source");
  const parts = ["client", "local-aws", "package.json", "tsconfig.json", ".npmrc"];
  for (const part of parts)
    await cp(join(ROOT, part), join(source, part), {
      recursive: true,
      filter: (path) => !["dist", "node_modules"].includes(basename(path)),
    });
  await symlink(join(ROOT, "node_modules"), join(source, "node_modules"));
  const args = ["pack", "--workspaces", "--json", "--pack-destination", folder];
  const { stdout } = await run("npm", args, { cwd: source, env });
  const packed: Packed[] = Object.values(JSON.parse(stdout.slice(stdout.search(/^[[{]/m))));
  for (const { name, files } of packed)
    contents.set(
      name,
      files.map(({ path }) => path),
    );
  return packed.map(({ filename }) => join(folder, filename));
}

/** A project of a user. It has the packages, and the types of Node.js in the version of this repository. */
async function install(tarballs: readonly string[]): Promise<void> {
  const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(
    await readFile(join(ROOT, "package.json"), "utf8"),
  );
  await mkdir(project);
  await writeFile(join(project, "package.json"), '{ "private": true, "type": "module" }');
  const types = `@types/node@${devDependencies["@types/node"]}`;
  const args = ["install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs, types];
  await run("npm", args, { cwd: project, env });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "websocket-lambda-packages-"));
  project = join(folder, "project");
  await install(await pack());
}, INSTALL_TIMEOUT);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a tarball", () => {
  test.for([CLIENT, LOCAL_AWS])("of %s has the build, the README and the license", async (name) => {
    const files = contents.get(name) ?? [];
    expect(files.filter((path) => !/^(dist|bin)\//.test(path)).toSorted()).toEqual([
      "LICENSE",
      "README.md",
      "package.json",
    ]);
    expect(files).toContain("dist/index.js");
    expect(files).toContain("dist/index.d.ts");
    expect(files.filter((path) => path.includes(".test."))).toEqual([]);
    const license = await readFile(join(project, "node_modules", name, "LICENSE"), "utf8");
    expect(license).toBe(await readFile(join(ROOT, "LICENSE"), "utf8"));
  });

  test("of the local AWS has the console", () => {
    expect(contents.get(LOCAL_AWS)).toEqual(
      expect.arrayContaining(
        ["index.html", "style.css", "icon.svg", "main.js"].map(
          (file) => `dist/console/page/${file}`,
        ),
      ),
    );
  });

  test("installs without an install script", async () => {
    const { packages }: { packages: Record<string, { hasInstallScript?: true }> } = JSON.parse(
      await readFile(join(project, "package-lock.json"), "utf8"),
    );
    expect(Object.keys(packages)).toContain(`node_modules/${LOCAL_AWS}`);
    expect(Object.keys(packages).filter((path) => packages[path]?.hasInstallScript)).toEqual([]);
  });
});

const USE_CLIENT = `
import { connect, NoReplyError } from "${CLIENT}";

interface Actions {
  greet: { data: { name: string }; result: string };
}
export const client = connect<Actions>("wss://api.example.com/production", { keepAlive: 1000 });
export const greet = async (name: string): Promise<string> => {
  try {
    return await client.request("greet", { name });
  } catch (error) {
    return error instanceof NoReplyError ? error.code : "unknown";
  }
};
// @ts-expect-error -- a string, not a number
export const wrong = () => client.request("greet", { name: 1 });
`;

const USE_LOCAL_AWS = `
import { createLocalAws, type LocalAws } from "${LOCAL_AWS}";

const aws: LocalAws = createLocalAws();
await aws.listen();
console.log(aws.endpoint);
process.once("SIGTERM", () => aws.close());
// @ts-expect-error -- a number, not a string
export const wrong = () => aws.listen("4566");
`;

const USE_TEST_FACE = `
import { createTestLocalAws, type State } from "${LOCAL_AWS}/testing";

export const state: State = createTestLocalAws().state;
`;

/** Compiler options by the platform that a program is for. */
const PLATFORMS = {
  node: { module: "nodenext", lib: ["es2023"], types: ["node"] },
  browser: { module: "esnext", moduleResolution: "bundler", lib: ["es2022", "dom"], types: [] },
};

test.for<[string, keyof typeof PLATFORMS, string]>([
  ["the client in Node.js", "node", USE_CLIENT],
  ["the client in a browser", "browser", USE_CLIENT],
  ["the local AWS", "node", USE_LOCAL_AWS],
  ["the local AWS for tests", "node", USE_TEST_FACE],
])("a strict program with %s compiles", async ([name, platform, program]) => {
  const directory = join(project, name.replaceAll(" ", "-"));
  await mkdir(directory);
  await writeFile(join(directory, "main.ts"), program);
  const compilerOptions = {
    ...PLATFORMS[platform],
    target: "es2022",
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
  await writeFile(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  const compiled = run(join(ROOT, "node_modules", ".bin", "tsc"), ["-p", directory], { env });
  await expect(compiled).resolves.toMatchObject({ stdout: "" });
});

test("a bundle for the browser contains the client and nothing else", async () => {
  const { metafile } = await build({
    absWorkingDir: project,
    stdin: { contents: USE_CLIENT, loader: "ts", resolveDir: project },
    bundle: true,
    format: "esm",
    platform: "browser",
    metafile: true,
    write: false,
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => path !== "<stdin>");
  expect(inputs).toContain(`node_modules/${CLIENT}/dist/index.js`);
  expect(inputs.filter((path) => !path.startsWith(`node_modules/${CLIENT}/dist/`))).toEqual([]);
});

// "--no": if the package has no such command, npx does not install another package.
test("npx local-aws --help prints the options", async () => {
  const { stdout } = await run("npx", ["--no", "--", "local-aws", "--help"], { cwd: project, env });
  expect(stdout).toMatch(/^Usage: local-aws \[options\]$/m);
  expect(stdout).toContain("--snapshot");
});

/** Writes the files of the README into a folder, with the zip file of the function. */
async function writeStack(name: string): Promise<string> {
  const stack = join(folder, name);
  await mkdir(stack);
  const blocks = fencedBlocks(readDocument("local-aws/README.md"));
  for (const file of ["index.js", "main.tf", "client.js"]) {
    const block = blocks.find(({ info }) => info === file);
    await writeFile(join(stack, file), block?.lines.join("\n") ?? "");
  }
  await writeZip(stack, await readFile(join(stack, "index.js"), "utf8"));
  return stack;
}

const writeZip = (stack: string, code: string) =>
  writeFile(join(stack, "chat.zip"), zipSync({ "index.js": strToU8(code) }));

/** Starts a local AWS from the package in a separate process. Returns its endpoint. */
async function startLocalAws(): Promise<string> {
  const program = join(project, "local-aws.ts");
  await writeFile(program, USE_LOCAL_AWS);
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGTERM");
    await ended;
  });
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("The local AWS ended without an endpoint.");
}

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const region = "us-east-1";

test("a local AWS from the package runs a function", async () => {
  const endpoint = await startLocalAws();
  const trust = {
    Version: "2012-10-17",
    Statement: {
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: "sts:AssumeRole",
    },
  };
  const role = new URLSearchParams({
    Action: "CreateRole",
    Version: "2010-05-08",
    RoleName: "greeter",
    AssumeRolePolicyDocument: JSON.stringify(trust),
  });
  const { status } = await request(
    {
      method: "POST",
      url: `${endpoint}/`,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: Buffer.from(String(role)),
    },
    { service: "iam", region, credentials },
  );
  expect(status).toBe(200);

  const lambda = new LambdaClient({ endpoint, region, credentials });
  const code = 'exports.handler = async ({ name }) => "Hello, " + name;';
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: "greeter",
      Role: "arn:aws:iam::000000000000:role/greeter",
      Runtime: "nodejs24.x",
      Handler: "index.handler",
      Code: { ZipFile: zipSync({ "index.js": strToU8(code) }) },
    }),
  );
  const { Payload = new Uint8Array(), LogResult = "" } = await lambda.send(
    new InvokeCommand({ FunctionName: "greeter", Payload: '{"name":"Ada"}', LogType: "Tail" }),
  );
  expect(Buffer.from(Payload).toString()).toBe('"Hello, Ada"');
  // This project does not have Node.js 24.
  expect(Buffer.from(LogResult, "base64").toString()).toContain(
    "`npm install --save-dev node-24@npm:node@24`",
  );
});

test("a local AWS from the package keeps items of DynamoDB", async () => {
  const endpoint = await startLocalAws();
  const client = new DynamoDB({ endpoint, region, credentials });
  const TableName = "greetings";
  await client.createTable({
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  });
  const Item = { id: { S: "1" }, text: { S: "hello" } };
  await client.putItem({ TableName, Item });
  expect(await client.scan({ TableName })).toMatchObject({ Items: [Item] });
  expect(contents.get(LOCAL_AWS)).toContain("dist/dynamodb/dynalite.LICENSES.txt");
});

const skipped = await reasonToSkip();

describe.skipIf(skipped)(`a stack by the README of the local AWS${because(skipped)}`, () => {
  /** Runs the command with a free port. Resolves with the variables that it prints. */
  async function startCommand(): Promise<Record<string, string>> {
    const args = ["--no", "--", "local-aws", "--port", "0"];
    const child = spawn("npx", args, {
      cwd: project,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = once(child, "exit");
    onTestFinished(async () => {
      // The whole group: npx does not forward the signal to the command.
      process.kill(-(child.pid ?? 0), "SIGTERM");
      await ended;
    });
    for await (const line of createInterface({ input: child.stdout })) {
      const [, variables] = /export (AWS_.*)$/.exec(line) ?? [];
      if (variables !== undefined)
        return Object.fromEntries(variables.split(" ").map((each) => each.split("=", 2)));
    }
    throw new Error("The command ended without the variables.");
  }

  test(
    "answers a client of a few lines, has no further changes and is destroyed",
    { timeout: INSTALL_TIMEOUT },
    async () => {
      const stack = await writeStack("stack");
      const variables = await startCommand();
      const at = { cwd: stack, env: { ...env, ...variables, CHECKPOINT_DISABLE: "1" } };
      await run("terraform", ["init", "-input=false"], at);
      const applied = await run("terraform", ["apply", "-auto-approve", "-input=false"], at);
      expect(applied.stdout).toContain("Apply complete! Resources: 10 added");
      const { stdout: url } = await run("terraform", ["output", "-raw", "url"], at);
      const { stdout: received } = await run(process.execPath, ["client.js", url], at);
      expect(received).toBe("hello\n");
      const planned = await run("terraform", ["plan", "-input=false"], at);
      expect(planned.stdout).toContain("No changes.");
      const destroyed = await run("terraform", ["destroy", "-auto-approve", "-input=false"], at);
      expect(destroyed.stdout).toContain("Destroy complete! Resources: 10 destroyed.");
    },
  );
});

describe.skipIf(skipped)(`a folder of Terraform${because(skipped)}`, () => {
  /** A folder whose state, profile and role are on AWS, and the folders that the command writes to. */
  async function createProject(name: string) {
    const stack = await writeStack(name);
    const main = await readFile(join(stack, "main.tf"), "utf8");
    const onAws = `region = "us-east-1"
  profile = "production"
  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/deploy"
  }`;
    await writeFile(join(stack, "main.tf"), main.replace('region = "us-east-1"', onAws));
    const backend = 'bucket = "states"\n key = "chat"\n region = "us-east-1"';
    await writeFile(join(stack, "backend.tf"), `terraform {\n backend "s3" {\n ${backend}\n }\n}`);
    const temporary = join(folder, `${name}-temporary`);
    await mkdir(temporary);
    return {
      stack,
      temporary,
      options: {
        cwd: project,
        env: {
          ...env,
          TMPDIR: temporary,
          XDG_CACHE_HOME: join(folder, "cache"),
          // npm keeps this cache in the temporary folder.
          NODE_DISABLE_COMPILE_CACHE: "1",
        },
      },
    };
  }

  const command = (...args: string[]) => ["--no", "--", "local-aws", ...args];

  test(
    "is started, follows its code, and stays as it was",
    { timeout: INSTALL_TIMEOUT },
    async () => {
      const { stack, temporary, options } = await createProject("started");
      const files = await readdir(stack);
      const child = spawn("npx", command("start", "--port", "0", stack), {
        ...options,
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
      });
      // Waits for all processes that hold its output, because npx does not wait for the command.
      const closed = once(child, "close");
      const interrupt = () => process.kill(-(child.pid ?? 0), "SIGINT");
      onTestFinished(async () => {
        if (child.exitCode === null && child.signalCode === null) interrupt();
        await closed;
      });
      let printed = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
      const receive = async () => {
        const [url = ""] = /ws:\/\/localhost:\d+\/production$/m.exec(printed) ?? [];
        const { stdout } = await run(process.execPath, ["client.js", url], { cwd: stack, env });
        return stdout;
      };

      await expect
        .poll(() => printed, { timeout: INSTALL_TIMEOUT })
        .toContain("Terraform is applied.");
      expect(await receive()).toBe("hello\n");
      await writeZip(stack, 'exports.handler = async () => ({ statusCode: 200, body: "edited" });');
      await expect.poll(() => printed).toContain("Updated the code of chat");
      expect(await receive()).toBe("edited\n");
      expect(await readdir(temporary)).not.toEqual([]);

      interrupt();
      await closed;
      expect(await readdir(temporary)).toEqual([]);
      expect(await readdir(stack)).toEqual(files);
    },
  );

  test(
    "is checked: what is not implemented or not reached has its name",
    { timeout: INSTALL_TIMEOUT },
    async () => {
      const { stack, temporary, options } = await createProject("checked");
      await writeFile(
        join(stack, "more.tf"),
        `resource "aws_cognito_user_pool" "users" {
  name = "users"
}

resource "aws_cognito_user_pool_client" "web" {
  name         = "web"
  user_pool_id = aws_cognito_user_pool.users.id
}
`,
      );
      const checked = run("npx", command("check", stack), options);
      await expect(checked).rejects.toMatchObject({
        code: 1,
        stderr: "",
        stdout: `The local AWS does not implement:
  aws_cognito_user_pool.users: The local AWS does not implement the service cognito-idp (CreateUserPool).

Not tried, because a dependency failed:
  aws_cognito_user_pool_client.web

The WebSocket APIs do not reach:
  aws_cognito_user_pool.users
  aws_cognito_user_pool_client.web

`,
      });
      const reachable = await run("npx", command("check", "--only-reachable", stack), options);
      expect(reachable.stdout).toContain("The local AWS implements everything");
      expect(await readdir(temporary)).toEqual([]);
    },
  );
});
