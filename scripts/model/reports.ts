import { attackHour, connectionsKeptBusy, refusalsLogged } from "./attack.ts";
import { simulateBurst } from "./burst.ts";
import type { Inputs } from "./inputs.ts";
import { firstToBreak, limitsOf } from "./limits.ts";
import { handOverCost, monthlyCost, totalOf } from "./month.ts";
import { charge, connectionMinutes } from "./prices.ts";
import { simulateReconnect } from "./reconnect.ts";
import { count, dollars, percent, rate, seconds, table, unitPrice } from "./text.ts";
import { trafficOf } from "./traffic.ts";

const PRICES = "us-east-1, list prices without free tiers; their sources: scripts/model/prices.ts";

/** A column per scenario: its cost a month, what it needs, and its share of each quota. */
export function monthReport(scenarios: Inputs[]): string {
  const row = (name: string, cell: (inputs: Inputs) => string) => [name, ...scenarios.map(cell)];
  const costs = scenarios.map(monthlyCost);
  const items = Object.keys(costs[0] ?? {});
  const limits = scenarios.map(limitsOf);
  const [firstLimits = []] = limits;
  return [
    table([
      row("messages a month", (inputs) => count(inputs["messages-per-month"])),
      row("connections", (inputs) => count(inputs.connections)),
      [],
      ...items.map((item) => [item, ...costs.map((cost) => dollars(cost[item] ?? 0))]),
      ["total a month", ...costs.map((cost) => dollars(totalOf(cost)))],
      row("with SQS in between, besides", (inputs) => dollars(handOverCost(inputs).queue)),
      row("with Kinesis in between, besides", (inputs) => dollars(handOverCost(inputs).stream)),
      [],
      row("messages a second, mean", (inputs) => rate(trafficOf(inputs).messageRate)),
      row("connects a second, mean", (inputs) => rate(trafficOf(inputs).connectRate)),
      row("seconds until all reconnected, at best", (inputs) =>
        count(inputs.connections / Math.min(inputs["new-connections"], inputs["throttling-rate"])),
      ),
      row("websocket-handlers at a time, at the peak", (inputs) =>
        count(Math.ceil(trafficOf(inputs).peakHandlers)),
      ),
      row("processors at a time, at the peak", (inputs) =>
        count(Math.ceil(trafficOf(inputs).peakProcessors)),
      ),
      [],
      ["share of the quota at the peak"],
      ...firstLimits.map(({ name, quota }, index) => [
        `  ${name}, ${count(quota)}`,
        ...limits.map((each) => percent((each[index]?.used ?? 0) / (each[index]?.quota ?? 1))),
      ]),
    ]),
    "",
    ...scenarios.map((inputs, index) => {
      const { share, name, raise } = firstToBreak(inputs);
      const column = scenarios.length > 1 ? `Column ${index + 1}: ` : "";
      return share > 1
        ? `${column}${rate(share)} times the quota of ${name}: ${raise}.`
        : `${column}bears ${rate(1 / share)} times as much; first to break: ${name}.`;
    }),
    `(${PRICES})`,
  ].join("\n");
}

export function attackReport(inputs: Inputs): string {
  const lines = attackHour(inputs);
  const total = lines.reduce((sum, line) => sum + line.dollars, 0);
  const busy = connectionsKeptBusy(inputs);
  return [
    table([
      ...lines.map(({ what, quantity, price, dollars: cost }) => {
        const units = price.unit.startsWith("GB ") ? rate(quantity / price.per) : count(quantity);
        const each = unitPrice((cost / quantity) * price.per, price.per);
        return [what, units, price.unit, each, dollars(cost)];
      }),
      ["total an hour, at the throttle", "", "", "", dollars(total)],
    ]),
    "",
    `Where only messages and replies keep a connection from its idle limit, ${count(busy)} connections`,
    `are the most that can be held, for ${dollars(charge(connectionMinutes, busy * 60))} an hour instead.`,
    `AWS doesn't bill requests that it refuses. Were ${count(inputs["account-rate"])} of them a second in the access`,
    `log, that would be ${dollars(refusalsLogged(inputs))} an hour more.`,
    `(${PRICES})`,
  ].join("\n");
}

export function burstReport(messages: number, inputs: Inputs): string {
  const result = simulateBurst(messages, inputs);
  const outcome = (name: string, number: number) => [
    name,
    count(number),
    percent(number / messages),
  ];
  return table([
    outcome("messages", messages),
    outcome("answered", result.answered),
    outcome("throttled by API Gateway", result.throttled),
    outcome("refused: no websocket-handler free", result.refused),
    outcome("waited too long for a processor", result.expired),
    outcome("answer throttled three times", result.unanswered),
    [],
    ["last answer after", seconds(result.last / 1000)],
    ["answer to half of them within", seconds(result.median / 1000)],
    ["answer to 99 % within", seconds(result.p99 / 1000)],
    ["websocket-handlers at a time", count(result.peakHandlers)],
    ["processors at a time", count(result.peakProcessors)],
    ["cold starts", count(result.coldStarts)],
  ]);
}

/** Three ways to come back: all in step, with jitter, and with jitter after a spread-out first try. */
export function reconnectReport(clients: number, inputs: Inputs): string {
  // At four fifths of the quota, there is room for those who are refused nevertheless.
  const quota = Math.min(inputs["new-connections"], inputs["throttling-rate"]);
  const spread = Math.ceil(clients / (0.8 * quota));
  const results = [
    simulateReconnect(clients, { jitter: false, spread: 0 }, inputs),
    simulateReconnect(clients, { jitter: true, spread: 0 }, inputs),
    simulateReconnect(clients, { jitter: true, spread }, inputs),
  ];
  return table([
    [`${count(clients)} clients`, "no jitter", "jitter", `jitter, first spread over ${spread} s`],
    ["half are back after", ...results.map(({ half }) => seconds(half))],
    ["all are back after", ...results.map(({ all }) => seconds(all))],
    ["attempts", ...results.map(({ attempts }) => count(attempts))],
    ["attempts that were refused", ...results.map(({ refused }) => percent(refused))],
    ["attempts in the busiest second", ...results.map(({ busiest }) => count(busiest))],
  ]);
}
