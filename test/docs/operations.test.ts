import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readDocument, ROOT } from "./markdown.ts";

const operations = readDocument("docs/operations.md");

/** The rows of the table under a heading, each as the texts of its cells. */
function rowsUnder(heading: string): string[][] {
  const [, section = ""] = operations.split(`\n## ${heading}\n`);
  const [body = ""] = section.split("\n## ");
  const lines = [...body.matchAll(/^\| (.*) \|$/gm)].map(([, row = ""]) => row);
  return lines.slice(2).map((row) => row.split(" | ").map((cell) => cell.trim()));
}

const code = (cell = "") => cell.replaceAll("`", "");

test("every alarm of Terraform is explained, and no other", () => {
  const terraform = ["monitoring.tf", "authorizer.tf"].map((file) =>
    readDocument(`terraform/${file}`),
  );
  const alarms = terraform
    .join("\n")
    .matchAll(/^ {4}([a-z-]+) = \{\n(?: {6}#.*\n)* {6}description +=/gm);
  const names = [...alarms].map(([, name]) => name);
  expect(names.length).toBeGreaterThanOrEqual(11);
  expect(rowsUnder("Alarms").map(([name]) => code(name))).toEqual(names);
});

test("every event that the functions log is in the table, and no other", () => {
  const sources = globSync("functions/**/*.ts", { cwd: ROOT }).filter(
    (file) => !file.includes(".test."),
  );
  const events = sources.flatMap((file) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(/event: "([^"]+)"/g)].map(
      ([, event = ""]) => event,
    ),
  );
  expect(
    rowsUnder("Logs")
      .map(([event]) => code(event))
      .toSorted(),
  ).toEqual([...new Set(events)].toSorted());
});

test("the fields of the access log are those of Terraform", () => {
  const format = [...readDocument("terraform/api.tf").matchAll(/^ +(\w+) += "\$context\./gm)];
  const sentence = /^The access log, .* The keys are (.*?)\. /m.exec(operations)?.[1] ?? "";
  expect(sentence.split(", ").map(code)).toEqual(format.map(([, field]) => field));
});

test("the settings are variables of Terraform, with its defaults", () => {
  const variables = readDocument("terraform/variables.tf");
  const settings = rowsUnder("Settings");
  expect(settings.length).toBeGreaterThan(5);
  for (const [setting, value] of settings) {
    const [, body = ""] = variables.split(`\nvariable "${code(setting)}" {\n`);
    const fallback = /^ {2}default += (.*)$/m.exec(body)?.[1];
    expect([setting, fallback]).toEqual([setting, value === "none" ? "null" : value]);
  }
});
