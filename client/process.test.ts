import { execFile } from "node:child_process";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { startServer } from "./testing.ts";

const client = pathToFileURL(`${import.meta.dirname}/index.ts`).href;

/** Runs a script to its end, which no timer of the client may put off: each is longer than a test. */
const run = async (script: string) =>
  await promisify(execFile)(process.execPath, [
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
