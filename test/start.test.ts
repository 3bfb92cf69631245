import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { describe, expect, test } from "vitest";
import { connect } from "./e2e/client.ts";
import { npmStart } from "./npm-start.ts";
import { descendantsOf, processes } from "./processes.ts";

const run = (...args: string[]) => npmStart(join(import.meta.dirname, ".."), ...args);

test("npm start prints a URL that works, prints the logs and stops on Ctrl-C", async () => {
  const { child, line } = run("--port", "0");
  const [url = ""] = await line(/ws:\/\/\S+$/);
  const client = await connect(url);
  expect(await client.ask({ action: "uppercase", data: { text: "hello" } })).toMatchObject({
    result: "HELLO",
  });
  const [, console = ""] = await line(/^ {2}Console {2}(\S+)$/);
  expect(await (await fetch(console)).text()).toContain("<title>WebSocket Lambda</title>");
  expect(await (await fetch(`${console}_local/overview`)).json()).toMatchObject({
    apis: [{ stages: [{ url }] }],
  });
  expect(await (await fetch(`${console}_local/console/settings`)).json()).toMatchObject({
    token: null,
    messages: { uppercase: { properties: { action: { const: "uppercase" } } } },
  });
  await line(/INFO {3}websocket-lambda-processor {2}.*"reply posted"/);
  const children = descendantsOf(child.pid);
  // At least those of both functions.
  expect(children.length).toBeGreaterThan(1);
  child.kill("SIGINT");
  const asked = performance.now();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(performance.now() - asked).toBeLessThan(1000);
  expect(processes().filter(({ pid }) => children.includes(pid))).toEqual([]);
});

test("npm start -- --auth prints a token on a separate line, and commands for other tokens", async () => {
  const { line } = run("--port", "0", "--auth");
  const [url = ""] = await line(/ws:\/\/\S+$/);
  const [, token = ""] = await line(/^ +TOKEN=(\S+)$/);
  expect(await connect(url, {}, ["websocket-lambda", token])).toHaveProperty("socket");
  const [, request = ""] = await line(/^ +curl '(\S+sub=bob\S+)'$/);
  const other = (await (await fetch(request)).text()).trim();
  expect(await connect(`${url}?token=${other}`)).toHaveProperty("socket");
});

test("npm start -- --trace prints a trace of each message, without colors into a pipe", async () => {
  const { line } = run("--port", "0", "--trace");
  const [url = ""] = await line(/ws:\/\/\S+$/);
  const client = await connect(url);
  expect(await client.ask({ action: "uppercase", data: { text: "hello" } })).toMatchObject({
    result: "HELLO",
  });
  await line(/^[\d:.]{12} {2}succeeded {2} *[\d.]+ ms {2}\{"action":"uppercase"/);
  await line(/^ {4}websocket-lambda-processor +·*█+·* +[\d.]+ ms$/);
  await line(/^ {4}→ \{"action":"uppercase","status":"success","result":"HELLO"/);
});

test("npm start -- --runtime runs the functions on that Node.js", async () => {
  const { line } = run("--port", "0", "--runtime", "nodejs24.x");
  const [url = ""] = await line(/ws:\/\/\S+$/);
  const client = await connect(url);
  expect(await client.ask({ action: "uppercase", data: { text: "hello" } })).toMatchObject({
    result: "HELLO",
  });
  const logs = new CloudWatchLogsClient({
    endpoint: url.replace(/^ws:(\/\/[^/]+)\/.*/, "http:$1"),
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  for (const name of ["websocket-handler", "processor"]) {
    const { events = [] } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: `/aws/lambda/websocket-lambda-${name}` }),
    );
    expect(events[0]?.message).toMatch(/"runtimeVersion":"nodejs:24\.local\.24\./);
  }
});

test("npm start prints a Terraform workspace for the account", async () => {
  const workspaceOf = async (...args: string[]) => {
    const [, workspace] = await run("--port", "0", "--empty", ...args).line(/TF_WORKSPACE=(\S+)/);
    return workspace;
  };
  expect(await workspaceOf()).toBe("local");
  expect(await workspaceOf("--account", "111122223333")).toBe("local-111122223333");
});

test("a port in use is reported in one line that says what to do", async () => {
  const other = createServer();
  await once(other.listen(0, "127.0.0.1"), "listening");
  const { port } = other.address() as AddressInfo;
  const { child, lines } = run("--port", String(port));
  const [code] = await once(child, "close");
  other.close();
  expect(code).toBe(2);
  expect(lines.filter((text) => !text.startsWith("built"))).toEqual([
    `Port ${port} is in use. Stop the other process, or choose another port: npm start -- --port 4567`,
  ]);
});

test.for([
  [["--port", "many"], '--port must be a whole number from 0 to 65535, not "many".'],
  [["--port", ""], '--port must be a whole number from 0 to 65535, not "".'],
  [["--prot", "1"], "Unknown option '--prot'. For all options, run npm start -- --help."],
  [["--account", "1"], '--account must have 12 digits, not "1".'],
  [["--auth", "--empty"], "--auth and --empty cannot be used together."],
  [
    ["--runtime", "nodejs14.x"],
    '--runtime must be nodejs16.x or nodejs18.x or nodejs20.x or nodejs22.x or nodejs24.x, not "nodejs14.x".',
  ],
  [
    ["--runtime", "nodejs24.x", "--empty"],
    "--runtime and --empty cannot be used together. Set the variable runtime of Terraform instead.",
  ],
  [["--run", " "], '--run needs a command, such as --run "npm test".'],
] as const)("wrong options are explained in one line: %s", async ([args, message]) => {
  const { child, lines } = run(...args);
  expect(await once(child, "close")).toEqual([2, null]);
  expect(lines).toEqual([message]);
});

describe("npm start -- --run", () => {
  test("runs a command with the URL and the variables for the AWS CLI", async () => {
    const command = 'npx node examples/client.ts && echo "at $AWS_ENDPOINT_URL"';
    const { child, lines } = run("--port", "0", "--run", command);
    expect(await once(child, "close")).toEqual([0, null]);
    expect(lines).toContain("reverse olleh");
    expect(lines.join("\n")).toMatch(/^at http:\/\/localhost:\d+$/m);
  });

  test("exits with the exit code of the command", async () => {
    const { child } = run("--port", "0", "--run", "exit 3");
    expect(await once(child, "close")).toEqual([3, null]);
  });

  test("with --auth, the command gets a token", async () => {
    const command = 'npx node examples/client.ts "$WEBSOCKET_URL?token=$WEBSOCKET_TOKEN"';
    const { child, lines } = run("--port", "0", "--auth", "--run", command);
    expect(await once(child, "close")).toEqual([0, null]);
    expect(lines).toContain("reverse olleh");
  });

  test("a signal stops all processes of the command, and the exit code is not 0", async () => {
    // A shell does not forward signals to its children.
    const command = "trap 'exit 0' TERM; sleep 600 & sleep 600 & echo they run; wait";
    const { child, line } = run("--port", "0", "--run", command);
    await line(/^they run$/);
    const pids = descendantsOf(child.pid);
    child.kill("SIGTERM");
    const stopped = performance.now();
    expect(await once(child, "exit")).toEqual([143, null]);
    expect(performance.now() - stopped).toBeLessThan(2000);
    expect(processes().filter(({ pid }) => pids.includes(pid))).toEqual([]);
  });
});
