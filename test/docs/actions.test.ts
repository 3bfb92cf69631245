import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { connect } from "../e2e/client.ts";
import { fencedBlocks, readDocument, ROOT } from "./markdown.ts";

/** Milliseconds. Long enough for a compiler on a busy machine. */
const PATIENCE = 60_000;

const run = promisify(execFile);
const blocks = fencedBlocks(readDocument("docs/actions.md"));

/** The action that the document adds. */
const ACTION = "repeat";

/** The expected effect of each command in the document, in addition to exit code 0. */
const EFFECTS: Readonly<Record<string, { prints: RegExp; writes?: string[]; tags?: string[] }>> = {
  "npx vitest run functions/processor": { prints: /Tests .*\d+ passed/, tags: ["extended"] },
  "npm run check:types": { prints: /> tsc && tsc -p /, tags: ["extended"] },
  "npm run schemas": {
    prints: /> node scripts\/schemas\/index\.ts/,
    writes: ["docs/protocol.schema.json", "docs/asyncapi.json"],
  },
};

/** Folders that the commands in the document don't need, or must not share. */
const LEFT_OUT = [".git", "dist", "node_modules", "terraform"];

describe("the steps in docs/actions.md", () => {
  let copy: string;
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), "websocket-lambda-action-"));
    const parts = (await readdir(ROOT)).filter((part) => !LEFT_OUT.includes(part));
    await Promise.all(
      parts.map((part) => cp(join(ROOT, part), join(copy, part), { recursive: true })),
    );
    await symlink(join(ROOT, "node_modules"), join(copy, "node_modules"));
    for (const { language, info, lines } of blocks) {
      if (info === "") continue;
      const file = join(copy, info);
      await writeFile(
        file,
        language === "diff"
          ? applyDiff(await readFile(file, "utf8"), lines)
          : `${lines.join("\n")}\n`,
      );
    }
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  const commands = blocks.flatMap(({ language, lines }) => (language === "sh" ? lines : []));

  describe.for(commands.filter((command) => command !== "npm start"))("%s", (command) => {
    const tags = EFFECTS[command]?.tags ?? [];
    test("succeeds", { tags, timeout: PATIENCE }, async () => {
      // The message of the error contains stderr.
      // npm prints its commands even if the tests run with `npm --silent`.
      const env = { ...process.env, npm_config_loglevel: "notice" };
      const ended = run("bash", ["-c", `{ ${command}; } >&2`], { cwd: copy, env });
      const effect = EFFECTS[command];
      expect(effect, "the command's effect is known").toBeDefined();
      await expect(ended).resolves.toMatchObject({
        stderr: expect.stringMatching(effect?.prints ?? ""),
      });
      for (const file of effect?.writes ?? [])
        expect(await readFile(join(copy, file), "utf8"), `in ${file}`).toContain(`"${ACTION}"`);
    });
  });

  test("npm start replies to the requests as in the document", async () => {
    expect(commands).toContain("npm start");
    const child = spawn("npm", ["start", "--", "--port", "0"], {
      cwd: copy,
      stdio: ["ignore", "pipe", "inherit"],
      detached: true,
    });
    const group = -(child.pid ?? 0);
    const ended = once(child, "exit");
    onTestFinished(async () => {
      process.kill(group, "SIGTERM");
      await ended;
    });
    const url = await urlOf(child.stdout);
    const settings = await fetch(new URL("/_local/console/settings", url.replace(/^ws/, "http")));
    expect(await settings.json()).toHaveProperty(["messages", ACTION, "properties", "data"]);
    const client = await connect(url);
    const [requests = [], replies = []] = blocks
      .filter(({ language }) => language === "json")
      .map(({ lines }) => lines.map((line): unknown => JSON.parse(line)));
    expect(requests).toHaveLength(2);
    const received: unknown[] = [];
    for (const request of requests) received.push(await client.ask(request));
    expect(received).toEqual(replies);
  });

  test("the schema describes the action", async () => {
    const schema = await readFile(join(copy, "docs", "protocol.schema.json"), "utf8");
    expect(JSON.parse(schema)).toHaveProperty(["$defs", "repeat.success", "properties", "result"], {
      type: "string",
    });
  });
});

/** Returns the URL that `npm start` prints. */
async function urlOf(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const [url] = /ws:\/\/\S+$/.exec(line) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error("npm start ended without a URL.");
}

/** Applies the hunks of a diff, separated by `@@`. Each must match in exactly one place. */
function applyDiff(source: string, lines: readonly string[]): string {
  const hunks = lines.join("\n").split(/^@@$\n/m);
  return hunks.reduce((result, hunk) => {
    const side = (sign: string) =>
      hunk
        .split("\n")
        .filter((line) => line.startsWith(" ") || line.startsWith(sign))
        .map((line) => `${line.slice(1)}\n`)
        .join("");
    const [before = "", after, ...more] = result.split(side("-"));
    if (after === undefined || more.length > 0)
      throw new Error(`This does not match in exactly one place:\n${hunk}`);
    return before + side("+") + after;
  }, source);
}
