import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { defaultInputs } from "../scripts/model/inputs.ts";
import { monthlyCost, totalOf } from "../scripts/model/month.ts";
import { charge, connectionMinutes } from "../scripts/model/prices.ts";
import { DAYS } from "../scripts/model/traffic.ts";

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, "..");
const DOCUMENT = join(REPOSITORY, "docs", "scaling.md");

/** A code block that begins with a command of the model. */
const BLOCK = /(?<=^```console\n\$ npm run model --(.*)\n)[^]*?(?=^```$)/gm;

// After a change of a price, a quota or Terraform: npx vitest run test/scaling-document.test.ts -u
test("every table in docs/scaling.md is what its command prints", async () => {
  const text = await readFile(DOCUMENT, "utf8");
  const blocks = [...text.matchAll(BLOCK)];
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  const outputs = await Promise.all(
    blocks.map(async ([, options = ""]) => {
      const args = ["scripts/model.ts", ...options.split(" ").filter((part) => part !== "")];
      const { stdout } = await run(process.execPath, args, { cwd: REPOSITORY });
      return stdout;
    }),
  );
  await expect(text.replaceAll(BLOCK, () => outputs.shift() ?? "")).toMatchFileSnapshot(DOCUMENT);
});

test("the cost of an idle client is what the model prints", () => {
  const month = (messages: number) =>
    totalOf(
      monthlyCost({
        ...defaultInputs(),
        "messages-per-month": messages,
        connections: 10_000,
        "connection-minutes": 110,
        "reply-bytes": 128,
      }),
    );
  const keepAlives = month(4800 * 10_000) - month(1);
  const perClient = (keepAlives + charge(connectionMinutes, 10_000 * 60 * 24 * DAYS)) / 10_000;
  const document = readFileSync(DOCUMENT, "utf8");
  expect(document).toContain(`keep-alives add $${keepAlives.toFixed(0)} a month`);
  expect(document).toContain(`one idle client costs ${(100 * perClient).toFixed(1)} cents a month`);
});

test("what can't be is said on stderr, with exit code 1 and no stack trace", async () => {
  const args = ["scripts/model.ts", "--memory", "12"];
  await expect(run(process.execPath, args, { cwd: REPOSITORY })).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: '--memory must be a whole number from 128 to 10240, not "12".\n',
  });
});
