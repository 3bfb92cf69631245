import { cp, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { connect } from "./e2e/client.ts";
import { npmStart } from "./npm-start.ts";

const repository = join(import.meta.dirname, "..");

/** Copies the files that `npm start` needs. */
async function copyOfRepository(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), "websocket-lambda-reload-"));
  onTestFinished(() => rm(copy, { recursive: true, force: true, maxRetries: 3 }));
  for (const name of ["functions", "local-aws", "client", "package.json", "scripts", "shared"])
    await cp(join(repository, name), join(copy, name), { recursive: true });
  await symlink(join(repository, "node_modules"), join(copy, "node_modules"));
  return copy;
}

test("a saved change handles the next message of the connection, and a compile error is printed", async () => {
  const copy = await copyOfRepository();
  const { line, lines } = npmStart(copy, "--port", "0");
  const [url = ""] = await line(/ws:\/\/\S+$/);
  const client = await connect(url);
  const ask = (action: string) => client.ask({ action, data: { text: "abc" } });
  expect(await ask("reverse")).toMatchObject({ result: "cba" });

  const file = join(copy, "functions", "processor", "actions", "reverse.ts");
  const source = await readFile(file, "utf8");
  const changed = source.replace(/run: .*text.* =>/, "$& `changed ` +");
  expect(changed).not.toBe(source);
  await writeFile(file, changed);
  await line(/^reloaded websocket-lambda-processor in \d+ ms$/);
  expect(await ask("reverse")).toMatchObject({ result: "changed cba" });

  await writeFile(file, `${changed}\nconst 1;\n`);
  await line(/^functions\/processor\/actions\/reverse\.ts:\d+:7: Expected identifier/);
  await line(/^Build failed\. The previous version is still running\.$/);
  expect(await ask("reverse")).toMatchObject({ result: "changed cba" });
  await writeFile(file, changed);
  await line(/^Build succeeded\. The functions did not change\.$/);

  const registry = join(copy, "functions", "processor", "actions", "index.ts");
  const actions = await readFile(registry, "utf8");
  await writeFile(join(copy, "functions", "processor", "actions", "repeat.ts"), REPEAT);
  await writeFile(
    registry,
    `import { repeat } from "./repeat.ts";\n${actions.replace("  reverse,", "  reverse,\n  repeat,")}`,
  );
  await expect.poll(() => ask("repeat"), { timeout: 15_000 }).toMatchObject({ result: "abcabc" });
  expect(lines.filter((text) => text.includes("Expected identifier"))).toHaveLength(1);
}, 60_000);

test(
  "an error has the line in the source, also after a change that only moves the line",
  { tags: ["extended"] },
  async () => {
    const copy = await copyOfRepository();
    const { line, lines } = npmStart(copy, "--port", "0");
    const [url = ""] = await line(/ws:\/\/\S+$/);
    const client = await connect(url);
    const file = join(copy, "functions", "processor", "actions", "uppercase.ts");
    const source = await readFile(file, "utf8");
    const throwing = source.replace(
      /run: .*,\n/,
      'run: () => { throw new RangeError("planted"); },\n',
    );
    expect(throwing).not.toBe(source);
    const lineOfThrow = throwing.split("\n").findIndex((text) => text.includes("throw new")) + 1;
    await writeFile(file, throwing);
    await line(/^reloaded websocket-lambda-processor in \d+ ms$/);
    const fail = () => client.ask({ action: "uppercase", data: { text: "abc" } });
    expect(await fail()).toMatchObject({ error: { code: "PROCESSING_FAILED" } });
    await line(/ERROR {2}websocket-lambda-processor {2}RangeError: planted$/);
    const at = (number: number) =>
      new RegExp(`^ {4}at .*\\(functions/processor/actions/uppercase\\.ts:${number}:\\d+\\)$`);
    await line(at(lineOfThrow));
    await line(/^ {4}… \d+ library frames$/);

    await writeFile(file, `// A comment.\n\n${throwing}`);
    // The bundle stays as it is, so nothing is reloaded.
    const failAndRead = async () => {
      await fail();
      return lines.some((text) => at(lineOfThrow + 2).test(text));
    };
    await expect.poll(failAndRead, { timeout: 20_000 }).toBe(true);
  },
);

test("a change of a shared file is deployed to all functions, or to none if one build fails", async () => {
  const copy = await copyOfRepository();
  const { line, lines } = npmStart(copy, "--port", "0");
  await line(/ws:\/\/\S+$/);
  const file = join(copy, "shared", "environment.ts");
  const source = await readFile(file, "utf8");
  const replace = async (text: string) => {
    await writeFile(`${file}~`, text);
    await rename(`${file}~`, file);
  };
  // Only the authorizer imports `optional`.
  await replace(
    `${source.replace("export const optional", "const optional")}\nconsole.info("changed");\n`,
  );
  await line(
    /^functions\/authorizer\/index\.ts:1:\d+: No matching export in "shared\/environment\.ts" for import "optional"$/,
  );
  await line(/^Build failed\. The previous version is still running\.$/);
  expect(lines.filter((text) => text.startsWith("reloaded"))).toEqual([]);
  await replace(`${source}\nconsole.info("changed");\n`);
  await line(/^reloaded websocket-lambda-websocket-handler, websocket-lambda-processor in \d+ ms$/);
}, 60_000);

const REPEAT = `
import * as v from "valibot";
import { defineAction } from "../action.ts";
export const repeat = defineAction({
  input: v.object({ text: v.string() }),
  run: ({ text }) => text.repeat(2),
});
`;

test(
  "functions that come from Terraform are not watched, and npm start says so",
  { tags: ["extended"] },
  async () => {
    const { line } = npmStart(repository, "--port", "0", "--empty");
    const [said] = await line(/Terraform deploys the functions\. .*/);
    expect(said).toBe(
      "Terraform deploys the functions. After a change, run `npm run build` and apply again.",
    );
  },
);
