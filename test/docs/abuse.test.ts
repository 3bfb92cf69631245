import { expect, test } from "vitest";
import { attackHour } from "../../scripts/model/attack.ts";
import { defaultInputs } from "../../scripts/model/inputs.ts";
import { attackReport } from "../../scripts/model/reports.ts";
import { readDocument } from "./markdown.ts";

const security = readDocument("SECURITY.md");
const lines = attackHour(defaultInputs());
const total = lines.reduce((sum, { dollars }) => sum + dollars, 0);

test("the table in SECURITY.md is what npm run model -- --attack prints", () => {
  const [, section = ""] = security.split("## What an hour of abuse costs");
  const [, , ...rows] = [...section.matchAll(/^\| (.*) \|$/gm)].map(([, row = ""]) =>
    row.replaceAll(/[ |]+/g, " ").trim(),
  );
  const printed = attackReport(defaultInputs())
    .split("\n")
    .slice(0, lines.length + 1);
  expect(rows).toEqual(printed.map((line) => line.replaceAll(/ +/g, " ")));
});

test("the documents name its total, and the READMEs its two largest parts", () => {
  const [first = 0, second = 0] = lines.map(({ dollars }) => dollars).toSorted((a, b) => b - a);
  const [whole, ...parts] = [total, first, second].map(Math.round);
  expect(security).toContain(`About **$${whole} an hour at the throttle**`);
  const readme = readDocument("README.md");
  const japanese = readDocument("README.ja.md");
  for (const dollars of [`about $${whole} an hour at the throttle`, ...parts.map((n) => `$${n} `)])
    expect(readme).toContain(dollars);
  for (const dollars of [whole, ...parts]) expect(japanese).toContain(` ${dollars} ドル`);
  for (const document of [readme, japanese])
    expect(document).toContain("](SECURITY.md#what-an-hour-of-abuse-costs)");
});
