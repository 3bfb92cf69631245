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

test("SECURITY.md and the READMEs name its total", () => {
  const whole = Math.round(total);
  expect(security).toContain(`About **$${whole} an hour at the throttling limit**`);
  const readme = readDocument("README.md");
  const japanese = readDocument("README.ja.md");
  expect(readme).toContain(`about $${whole} an hour at the throttling limit`);
  expect(japanese).toContain(` ${whole} ドル`);
  for (const document of [readme, japanese])
    expect(document).toContain("](SECURITY.md#what-an-hour-of-abuse-costs)");
});
