import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { expect, test } from "vitest";
import { connect } from "./e2e/client.ts";
import { npmStart } from "./npm-start.ts";

const run = (...args: string[]) => npmStart(join(import.meta.dirname, ".."), ...args);

test("npm start prints a URL that answers, shows the logs and ends on Ctrl-C", async () => {
  const { child, line } = run("--port", "0");
  const [url = ""] = await line(/ws:\/\/\S+$/);
  const client = await connect(url);
  expect(await client.ask({ action: "uppercase", data: { text: "hello" } })).toMatchObject({
    result: "HELLO",
  });
  const [, console = ""] = await line(/^ {2}Console {2}(\S+)$/);
  expect(await (await fetch(console)).text()).toContain("<title>WebSocket Lambda</title>");
  expect(await (await fetch(`${console}_local/console/settings`)).json()).toMatchObject({
    url,
    token: null,
    messages: { uppercase: { properties: { action: { const: "uppercase" } } } },
  });
  await line(/INFO {3}websocket-lambda-processor {2}.*"reply posted"/);
  const children = childrenOf(child.pid);
  // Those of both functions at least.
  expect(children.length).toBeGreaterThan(1);
  child.kill("SIGINT");
  const asked = performance.now();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  expect(performance.now() - asked).toBeLessThan(1000);
  expect(processes().filter(({ pid }) => children.includes(pid))).toEqual([]);
});

/** Every process of the system, as POSIX has it. One that has ended but was not waited for is left out. */
function processes(): { pid: number; parent: number }[] {
  const rows = execFileSync("ps", ["-A", "-o", "pid=", "-o", "ppid=", "-o", "stat="], {
    encoding: "utf8",
  });
  return rows
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , state = ""]) => !state.startsWith("Z"))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

const childrenOf = (pid: number | undefined) =>
  processes()
    .filter(({ parent }) => parent === pid)
    .map((child) => child.pid);

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

test("npm start prints the account's own workspace of Terraform", async () => {
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
  expect(code).toBe(1);
  expect(lines.filter((text) => !text.startsWith("built"))).toEqual([
    `Port ${port} is in use. Stop the other process, or choose another port: npm start -- --port 4567`,
  ]);
});

test.for([
  [["--port", "many"], '--port must be a whole number from 0 to 65535, not "many".'],
  [["--prot", "1"], "Unknown option '--prot'"],
  [["--runtime", "nodejs20.x"], '--runtime must be nodejs22.x or nodejs24.x, not "nodejs20.x".'],
  [["--runtime", "nodejs24.x", "--empty"], "--runtime and --empty cannot be used together."],
] as const)("wrong options are explained: %s", async ([args, message]) => {
  const { child, lines } = run(...args);
  const [code] = await once(child, "close");
  expect(code).toBe(1);
  expect(lines.join("\n")).toContain(message);
});
