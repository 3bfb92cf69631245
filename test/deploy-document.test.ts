import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultInputs } from "../scripts/model/inputs.ts";
import { monthlyCost, totalOf } from "../scripts/model/month.ts";
import { charge, connectionMinutes } from "../scripts/model/prices.ts";
import { readTerraformDefaults } from "../scripts/model/terraform-defaults.ts";

const document = readFileSync(join(import.meta.dirname, "..", "docs", "deploy.md"), "utf8");

const MESSAGES_OF_SUITE = 2100;
const HOURS = 24 * 30;

/** What stands there when nothing happens. */
const idle =
  monthlyCost({ ...defaultInputs(), "messages-per-month": 1 })[
    "CloudWatch, alarms and dashboard"
  ] ?? 0;

/** What so many messages bring, and more connects than the suite has; not the time they are open. */
function suite(): number {
  const cost = monthlyCost({
    ...defaultInputs(),
    "messages-per-month": MESSAGES_OF_SUITE,
    connections: 1,
  });
  return totalOf(cost) - idle - (cost["API Gateway, connections"] ?? 0);
}

test("the costs in docs/deploy.md are those of the prices", () => {
  const hour = idle / HOURS;
  expect(document).toContain(
    `$${hour.toFixed(4)}: ${readTerraformDefaults().alarms} alarms and a dashboard; $${idle.toFixed(2)} a month`,
  );
  expect(document).toContain(`| $${charge(connectionMinutes, 60).toFixed(6)} |`);
  expect(document).toContain(`| $${suite().toFixed(2)} |`);
  expect(document).toContain(`| $${(72 * hour + 10 * suite()).toFixed(2)} |`);
});
