import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startServer } from "./testing.ts";

const client = pathToFileURL(`${import.meta.dirname}/index.ts`).href;

/** Runs a script to its end. A timer of the client that keeps it running exceeds the test's timeout. */
const run = async (script: string, ...flags: string[]) =>
  await promisify(execFile)(process.execPath, [
    ...flags,
    "--input-type=module",
    "--eval",
    `import { connect } from ${JSON.stringify(client)};\n${script}`,
  ]);

test("a process ends when its client is closed", async () => {
  const server = await startServer();
  const running = run(`
    const client = connect("${server.url}");
    console.log(await client.request("echo"));
    client.close();
  `);
  (await server.request()).reply("hello");
  expect(await running).toMatchObject({ stdout: "hello\n" });
});

test("the rejected result of an unread stream does not end the process", async () => {
  const server = await startServer();
  const running = await run(`
    const client = connect("${server.url}");
    client.stream("countdown");
    client.close();
    setTimeout(() => console.log("still running"), 10);
  `);
  expect(running).toMatchObject({ stdout: "still running\n" });
});

test("a listener that throws causes an uncaughtException, and does not disturb the client", async () => {
  const server = await startServer();
  const running = run(`
    process.on("uncaughtException", ({ message }) => console.log(message));
    const fail = (value) => {
      throw new Error("listener: " + value);
    };
    const client = connect("${server.url}", { onStateChange: fail, onUnmatched: fail });
    console.log(await client.request("countdown", 1, { onProgress: fail }));
    client.close();
  `);
  const { socket, advance, reply } = await server.request();
  socket.send("hello");
  advance(1, 0);
  reply("lift-off");
  const lines = ["connecting", "open", "hello", "1"].map((value) => `listener: ${value}`);
  const stdout = [...lines, "lift-off", "listener: closed", ""].join("\n");
  expect(await running).toMatchObject({ stdout });
});

/** Starts a server that replies to one request, and then stops reading, so it misses the close frame. */
async function startPausingServer() {
  const server = await startServer();
  const replyAndPause = async () => {
    const { socket, reply } = await server.request();
    socket.pause();
    reply("hello");
    return socket;
  };
  return { url: server.url, replyAndPause };
}

test("with ws, a process ends even if the server does not reply to the close frame", async () => {
  const server = await startPausingServer();
  const running = run(`
    import { WebSocket } from "ws";
    const client = connect("${server.url}", {
      timeout: 1000,
      // ws itself terminates the connection only after the end of the test.
      WebSocket: class extends WebSocket {
        constructor(url, protocols) {
          super(url, protocols, { closeTimeout: 2 ** 31 - 1 });
        }
      },
    });
    console.log(await client.request("echo", 1, { timeout: 60_000 }));
    client.close();
  `);
  await server.replyAndPause();
  expect(await running).toMatchObject({ stdout: "hello\n" });
});

test("with the platform's WebSocket, such a process ends when the server closes the connection", async () => {
  const server = await startPausingServer();
  const running = run(`
    const client = connect("${server.url}");
    console.log(await client.request("echo"));
    client.close();
  `);
  (await server.replyAndPause()).terminate();
  expect(await running).toMatchObject({ stdout: "hello\n" });
});

test("with ws, a process ends as soon as the connection is closed", async () => {
  const server = await startServer();
  const running = run(`
    import { WebSocket } from "ws";
    const client = connect("${server.url}", { WebSocket, timeout: Infinity });
    console.log(await client.request("echo"));
    client.close();
  `);
  (await server.request()).reply("hello");
  expect(await running).toMatchObject({ stdout: "hello\n" });
});

test("connect throws if the platform has no WebSocket, and accepts one as an option", async () => {
  const server = await startServer();
  const running = run(
    `
    import { WebSocket } from "ws";
    try {
      connect("${server.url}");
    } catch (error) {
      console.log(error.name, error.message);
    }
    const client = connect("${server.url}", { WebSocket });
    console.log(await client.request("echo"));
    client.close();
  `,
    "--no-experimental-websocket",
  );
  (await server.request()).reply("hello");
  expect(await running).toMatchObject({
    stdout:
      "TypeError This platform has no WebSocket. Use Node.js 22 or later, or pass the `WebSocket` option.\nhello\n",
  });
});

test("a process keeps running while its client can't connect, and ends when the client is closed", async () => {
  const server = await startServer();
  await server.end();
  const running = await run(`
    const client = connect("${server.url}", {
      random: () => 1,
      onStateChange(state) {
        console.log(state);
        if (state === "waiting") setTimeout(() => client.close(), 10);
      },
    });
  `);
  expect(running).toMatchObject({ stdout: "connecting\nwaiting\nclosed\n" });
});
