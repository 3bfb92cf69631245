import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startServer } from "./testing.ts";

const client = pathToFileURL(`${import.meta.dirname}/index.ts`).href;

/** Runs a script to its end, which no timer of the client may put off: each is longer than a test. */
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
  (await server.request()).answer("hello");
  expect(await running).toMatchObject({ stdout: "hello\n" });
});

test("a rejected result of a stream that nobody reads does not end the process", async () => {
  const server = await startServer();
  const running = await run(`
    const client = connect("${server.url}");
    client.stream("countdown");
    client.close();
    setTimeout(() => console.log("goes on"), 10);
  `);
  expect(running).toMatchObject({ stdout: "goes on\n" });
});

test("a listener that throws is an error of the process, and does not disturb the client", async () => {
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
  const { socket, advance, answer } = await server.request();
  socket.send("hello");
  advance(1, 0);
  answer("lift-off");
  const lines = ["connecting", "open", "hello", "1"].map((value) => `listener: ${value}`);
  const stdout = [...lines, "lift-off", "listener: closed", ""].join("\n");
  expect(await running).toMatchObject({ stdout });
});

/** A server that replies to one request, and reads nothing from then on: no close frame either. */
async function startServerThatSleeps() {
  const server = await startServer();
  const reply = async () => {
    const { socket, answer } = await server.request();
    socket.pause();
    answer("hello");
    return socket;
  };
  return { url: server.url, reply };
}

test("a process ends where the server answers no close frame, with a WebSocket that has terminate", async () => {
  const server = await startServerThatSleeps();
  const running = run(`
    import { WebSocket } from "ws";
    const client = connect("${server.url}", {
      timeout: 1000,
      // For longer than the test, ws itself doesn't end the connection.
      WebSocket: class extends WebSocket {
        constructor(url, protocols) {
          super(url, protocols, { closeTimeout: 2 ** 31 - 1 });
        }
      },
    });
    console.log(await client.request("echo", 1, { timeout: 60_000 }));
    client.close();
  `);
  await server.reply();
  expect(await running).toMatchObject({ stdout: "hello\n" });
});

test("a process with the platform's WebSocket ends when such a server ends the connection", async () => {
  const server = await startServerThatSleeps();
  const running = run(`
    const client = connect("${server.url}");
    console.log(await client.request("echo"));
    client.close();
  `);
  (await server.reply()).terminate();
  expect(await running).toMatchObject({ stdout: "hello\n" });
});

test("a client of ws is closed with the connection, and its process doesn't wait for more", async () => {
  const server = await startServer();
  const running = run(`
    import { WebSocket } from "ws";
    const client = connect("${server.url}", { WebSocket, timeout: Infinity });
    console.log(await client.request("echo"));
    client.close();
  `);
  (await server.request()).answer("hello");
  expect(await running).toMatchObject({ stdout: "hello\n" });
});

test("connect throws where the platform has no WebSocket, and takes one as an option", async () => {
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
  (await server.request()).answer("hello");
  expect(await running).toMatchObject({
    stdout:
      "TypeError This platform has no WebSocket. Use Node.js 22 or later, or pass the `WebSocket` option.\nhello\n",
  });
});

test("a process waits for a server that isn't there, and ends when its client is closed", async () => {
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
