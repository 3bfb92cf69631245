import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { fencedBlocks, readDocument, ROOT } from "./markdown.ts";

const hasPython = spawnSync("python3", ["-c", ""]).status === 0;
const skipped = hasPython ? "" : " (skipped: python3 is not installed)";

/** The command in the documents that installs the package and runs the program. */
const command = fencedBlocks(readDocument("examples/README.md"))
  .flatMap(({ lines }) => lines)
  .find((line) => line.includes("client.py"))
  ?.replace(/ +# .*$/, "");

/** Runs the program without the packages of this machine. */
function run(environment: Readonly<Record<string, string>> = {}) {
  const args = ["-S", join(ROOT, "examples", "client.py"), "ws://127.0.0.1:1"];
  return spawnSync("python3", args, {
    encoding: "utf8",
    env: { PATH: process.env["PATH"], ...environment },
  });
}

describe.skipIf(skipped)(`client.py${skipped}`, () => {
  test("prints how to install its package if it is missing", () => {
    const { status, stderr } = run();
    expect(stderr).toBe(
      "client.py needs the package websockets, version 13 or later: No module named 'websockets'.\n" +
        `Install it in a virtual environment, from the root of the repository:\n${command}\n`,
    );
    expect(status).toBe(1);
  });

  test("prints how to install its package if the installed version is too old", () => {
    const folder = mkdtempSync(join(tmpdir(), "websocket-lambda-python-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "websockets"));
    writeFileSync(join(folder, "websockets", "__init__.py"), '__version__ = "10.4"\n');
    const { status, stderr } = run({ PYTHONPATH: folder });
    expect(stderr).toMatch(
      /^client\.py needs the package websockets, version 13 or later: No module named 'websockets\.asyncio'\.\n/,
    );
    expect(status).toBe(1);
  });
});
