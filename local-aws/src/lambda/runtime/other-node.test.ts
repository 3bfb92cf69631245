/** Runtimes whose own Node.js is not installed. */
import { expect, test } from "vitest";
import { jsonLogs, useLambda, withoutTimes } from "../testing.ts";

const lambda = useLambda();

test("nodejs20.x runs on the nearest Node.js but behaves like nodejs20.x, and the log has a warning", async () => {
  lambda().define(
    "older",
    `exports.handler = (event, context, callback) =>
       callback(null, [process.versions.node.split('.')[0], process.env.AWS_EXECUTION_ENV]);`,
    { Runtime: "nodejs20.x" },
  );
  const response = await lambda().invoke("older");
  expect(response.payload).toEqual(["22", "AWS_Lambda_nodejs20.x"]);
  const [start, warning] = lambda().messages("older").map(withoutTimes);
  const { node } = process.versions;
  expect(start).toMatch(`INIT_START Runtime Version: nodejs:20.local.${node}\t`);
  expect(warning).toBe(
    `{time}\tundefined\tWARN\tThis function has the runtime nodejs20.x, and runs on Node.js ${node}, because Node.js 20 is not installed. To install it, run \`npm install --save-dev node-20@npm:node@20\`.\n`,
  );
});

test("in JSON format, the log also has the warning", async () => {
  const code = "exports.handler = async () => {};";
  lambda().define("older-json", code, { Runtime: "nodejs18.x", ...jsonLogs("older-json") });
  await lambda().invoke("older-json");
  const warnings = lambda()
    .messages("older-json")
    .map((message): unknown => JSON.parse(message))
    .filter((line) => (line as { level?: string }).level === "WARN");
  expect(warnings).toEqual([
    expect.objectContaining({ message: expect.stringContaining("the runtime nodejs18.x") }),
  ]);
});
