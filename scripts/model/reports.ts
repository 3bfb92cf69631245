import { attackHour, connectionsKeptBusy, refusalsLogged } from "./attack.ts";
import { simulateBurst } from "./burst.ts";
import type { Inputs } from "./inputs.ts";
import { firstToBreak, limitsOf } from "./limits.ts";
import { handOverCost, monthlyCost, totalOf } from "./month.ts";
import { charge, connectionMinutes } from "./prices.ts";
import { simulateReconnect } from "./reconnect.ts";
import { count, dollars, percent, rate, seconds, table, unitPrice } from "./text.ts";
import { trafficOf } from "./traffic.ts";

const PRICES = "Prices: us-east-1 list prices without free tiers. Sources: scripts/model/prices.ts";

/** A column per scenario: its cost per month, its load, and its share of each quota. */
export function monthReport(scenarios: Inputs[]): string {
  const row = (name: string, cell: (inputs: Inputs) => string) => [name, ...scenarios.map(cell)];
  const costs = scenarios.map(monthlyCost);
  const items = Object.keys(costs[0] ?? {});
  const limits = scenarios.map(limitsOf);
  const [firstLimits = []] = limits;
  return [
    table([
      row("messages per month", (inputs) => count(inputs["messages-per-month"])),
      row("connections", (inputs) => count(inputs.connections)),
      [],
      ...items.map((item) => [item, ...costs.map((cost) => dollars(cost[item] ?? 0))]),
      ["total per month", ...costs.map((cost) => dollars(totalOf(cost)))],
      row("extra cost with SQS in between", (inputs) => dollars(handOverCost(inputs).queue)),
      row("extra cost with Kinesis in between", (inputs) => dollars(handOverCost(inputs).stream)),
      [],
      row("messages per second, average", (inputs) => rate(trafficOf(inputs).messageRate)),
      row("connects per second, average", (inputs) => rate(trafficOf(inputs).connectRate)),
      row("seconds to reconnect all, minimum", (inputs) =>
        count(inputs.connections / Math.min(inputs["new-connections"], inputs["throttling-rate"])),
      ),
      row("concurrent websocket-handlers, peak", (inputs) =>
        count(Math.ceil(trafficOf(inputs).peakHandlers)),
      ),
      row("concurrent processors, peak", (inputs) =>
        count(Math.ceil(trafficOf(inputs).peakProcessors)),
      ),
      [],
      ["share of each quota at the peak"],
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
        ? `${column}${rate(share)} times the limit of ${name}. To raise this limit, ${raise}.`
        : `${column}below all limits. First limit, at ${rate(1 / share)} times this traffic: ${name}.`;
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
      ["total per hour at the limit", "", "", "", dollars(total)],
    ]),
    "",
    `If only messages and replies reset the idle timeout, an attacker can hold at most ${count(busy)}`,
    `connections, for ${dollars(charge(connectionMinutes, busy * 60))} per hour instead.`,
    `AWS does not bill refused requests. If the access log recorded ${count(inputs["account-rate"])} of them per second,`,
    `they would cost ${dollars(refusalsLogged(inputs))} more per hour.`,
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
    outcome("got a reply", result.answered),
    outcome("throttled by API Gateway", result.throttled),
    outcome("failed: no websocket-handler available", result.refused),
    outcome("failed: maximum event age exceeded", result.expired),
    outcome("lost: reply throttled three times", result.unanswered),
    [],
    ["time of the last reply", seconds(result.last / 1000)],
    ["time to reply, median", seconds(result.median / 1000)],
    ["time to reply, 99th percentile", seconds(result.p99 / 1000)],
    ["concurrent websocket-handlers", count(result.peakHandlers)],
    ["concurrent processors", count(result.peakProcessors)],
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
    [`${count(clients)} clients`, "no jitter", "jitter", `jitter, first attempts over ${spread} s`],
    ["half reconnected after", ...results.map(({ half }) => seconds(half))],
    ["all reconnected after", ...results.map(({ all }) => seconds(all))],
    ["attempts", ...results.map(({ attempts }) => count(attempts))],
    ["refused attempts", ...results.map(({ refused }) => percent(refused))],
    ["attempts in the busiest second", ...results.map(({ busiest }) => count(busiest))],
  ]);
}
