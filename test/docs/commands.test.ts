import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import { type AwsCli, findAwsClis, type TestLocalAws } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { watchLogs } from "../e2e/log-watch.ts";
import { LEFT_OUT, RUN, type Run } from "./commands.ts";
import { documents, fencedBlocks, readDocument, ROOT } from "./markdown.ts";

/** Milliseconds. Long enough for a dozen programs that start at the same time. */
const PATIENCE = 60_000;

const run = promisify(execFile);

const linesOf = (path: string) =>
  fencedBlocks(readDocument(path))
    .filter(({ language }) => language === "sh")
    .flatMap((block) => block.lines)
    .map((line) => line.replace(/ +# .*$/, ""))
    .filter((line) => line !== "");
const lines = documents().flatMap(linesOf);
const ofReadme = new Set(linesOf("README.md"));
const isExport = (line: string) => line.startsWith("export ");
const exports = [...new Set(lines.filter(isExport))];
/** Whether a line is a shell function, which the documents have for older versions of tools. */
const isFunction = (line: string) => /^\w+\(\) \{/.test(line);
const functions = [...new Set(lines.filter(isFunction))];
const commands = [...new Set(lines.filter((line) => !isExport(line) && !isFunction(line)))];

test("every command in the documents is run here, or listed with the reason why not", () => {
  expect(commands.toSorted()).toEqual(Object.keys({ ...LEFT_OUT, ...RUN }).toSorted());
});

/** The environment without variables that point the tools to another stack. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(AWS|WEBSOCKET)_/.test(name)),
);

/** Whether an AWS CLI reads AWS_ENDPOINT_URL for every service. Version 1 ignores it for SQS. */
const readsEndpointUrl = (cli: AwsCli) => cli.isAtLeast("2.13");

/** Returns a command for version 1 of the CLI, which does not decode payloads. */
const forVersion1 = (command: string) =>
  command.replace(" --cli-binary-format raw-in-base64-out", "").replace("aGVsbG8=", "hello");

/** A fake Terraform with the outputs of the stack. */
const terraform = (outputs: Readonly<Record<string, string>>) => `terraform() {
  [ "$1 $2 $3" = "-chdir=terraform output -raw" ] || return 1
  case "$4" in
${Object.entries(outputs)
  .map(([name, value]) => `    ${name}) printf %s '${value}' ;;`)
  .join("\n")}
    *) return 1 ;;
  esac
}`;

/** Runs commands on a new stack, and those of `aws` with one of the installed CLIs. */
function describeCommands(cases: Readonly<Record<string, Run>>, cli: AwsCli | undefined): void {
  let aws: TestLocalAws;
  let directory: string;
  /** A connection for each command that needs one. */
  const connections = new Map<string, { id: string; socket: WebSocket }>();
  const url = () => aws.webSocketUrl("production");

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "websocket-lambda-commands-"));
    aws = await startTestStack();
    for (const command of commands.filter((text) => text.includes("$CONNECTION_ID"))) {
      const logs = watchLogs(aws);
      const socket = new WebSocket(url());
      await once(socket, "open");
      const { content } = await logs.line((line) => line.content["event"] === "connected");
      connections.set(command, { id: String(content["connectionId"]), socket });
    }
    // So that the logs are not empty.
    const [first] = connections.values();
    const posted = watchLogs(aws).line((line) => line.content["event"] === "reply posted");
    first?.socket.send('{"action":"echo","requestId":"1"}');
    await posted;
  });
  afterAll(async () => {
    await aws.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** Returns the script before a command: the exports of the documents, and the fake Terraform. */
  const scriptFor = (command: string) => {
    const management = url().replace(/^ws/, "http");
    const queue = `${aws.endpoint}/000000000000/websocket-lambda-dead-letters`;
    return [
      ...exports.map((line) => line.replace("http://localhost:4566", aws.endpoint)),
      `export WEBSOCKET_URL=${url()} CONNECTION_ID=${connections.get(command)?.id ?? ""} AWS_PAGER=`,
      terraform({
        websocket_url: url(),
        management_endpoint: management,
        dead_letter_queue_url: queue,
      }),
      ...(cli === undefined ? [] : [`PATH="${dirname(cli.program)}:$PATH"`]),
      ...(cli === undefined || readsEndpointUrl(cli) ? [] : functions),
    ].join("\n");
  };

  for (const [command, { prints, as = String, cli: only }] of Object.entries(cases)) {
    const isOfAws = command.startsWith("aws ");
    const skipped = isOfAws ? whySkipped(cli, only) : "";
    const options = {
      timeout: PATIENCE,
      skip: skipped !== "",
      tags: ofReadme.has(command) ? [] : ["extended"],
    };
    test(`${command}${skipped}`, options, async () => {
      const isOld = isOfAws && cli !== undefined && isVersion1(cli);
      const script = `${scriptFor(command)}\n${as(isOld ? forVersion1(command) : command)}`;
      const cwd = isOfAws ? directory : ROOT;
      const { stdout } = await run("bash", ["-c", script], { cwd, env: environment });
      expect(stdout).toMatch(prints);
    });
  }
}

const isVersion1 = (cli: AwsCli) => !cli.isAtLeast("2");

function whySkipped(cli: AwsCli | undefined, only: 2 | undefined): string {
  if (cli === undefined) return " (skipped: there is no AWS CLI)";
  return only === 2 && isVersion1(cli) ? " (skipped: it needs version 2 of the CLI)" : "";
}

const [newestCli, ...olderClis] = findAwsClis();

describe.concurrent("commands in the documents succeed", () => {
  describe(`with ${newestCli === undefined ? "no AWS CLI" : `the AWS CLI ${newestCli.version}`}`, () => {
    describeCommands(RUN, newestCli);
  });

  const ofAws = Object.entries(RUN).filter(([command]) => command.startsWith("aws "));
  describe.for(olderClis)("with the AWS CLI $version", { tags: ["extended"] }, (cli) => {
    describeCommands(Object.fromEntries(ofAws), cli);
  });

  const left = Object.entries(LEFT_OUT).map(([command, why]) => `${command} (not run: ${why})`);
  test.for(left)("%s", { skip: true }, () => expect.unreachable());
});

describe("npm scripts in the documents", () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readDocument("package.json"));
  // The changelog names scripts that no longer exist.
  const texts = documents()
    .filter((document) => document !== "CHANGELOG.md")
    .map(readDocument);

  test("all exist", () => {
    const named = texts.flatMap((text) => [...text.matchAll(/\bnpm run ([\w:]+)/g)]);
    const missing = named.map(([, name = ""]) => name).filter((name) => !(name in scripts));
    expect(missing).toEqual([]);
  });

  const options = new Map<string, Set<string>>();
  for (const text of texts)
    for (const [, name = "", args = ""] of text.matchAll(/\bnpm (?:run )?([\w:]+) -- ([^`\n]*)/g)) {
      const known = options.get(name) ?? new Set();
      for (const [option] of args.matchAll(/(?<!\S)--[a-z-]+/g)) known.add(option);
      options.set(name, known);
    }

  test.for([...options])("each option of %s is in its --help", async ([name, named]) => {
    const { stdout } = await run("sh", ["-c", `${scripts[name]} --help`], { cwd: ROOT });
    const known = new Set(stdout.match(/--[a-z-]+/g));
    expect([...named].filter((option) => !known.has(option) && option !== "--help")).toEqual([]);
  });
});
