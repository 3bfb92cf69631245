/**
 * AWS list prices in us-east-1 in US dollars, without free tiers and discounts. The prices are from
 * secondary sources, with the date of each source. Check them at
 * https://aws.amazon.com/<service>/pricing/ before you rely on them.
 */
export interface Price {
  unit: string;
  /** The number of units that `dollars` pays for. */
  per: number;
  /** The price applies to the units up to `upTo` per month. The next tier applies to further units. */
  tiers: { upTo: number; dollars: number }[];
  source: string;
}

/** Bytes. AWS does not say whether its GB are decimal or binary. Decimal is more expensive. */
const GIGABYTE = 1e9;

/** @param tiers the price, or the prices of several tiers with their upper bounds. */
const price = (
  unit: string,
  per: number,
  tiers: number | [upTo: number, dollars: number][],
  source: string,
): Price => ({
  unit,
  per,
  tiers: (typeof tiers === "number" ? [[Infinity, tiers] as const] : tiers).map(
    ([upTo, dollars]) => ({ upTo, dollars }),
  ),
  source,
});

const FACTUALMINDS =
  "factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards, 2026-06";
const AMNIC = "amnic.com/blogs/aws-api-gateway-pricing, 2026-11";
const CLOUDCHIPR = "cloudchipr.com/blog/aws-lambda-pricing, 2025";

// oxfmt-ignore
export const prices = {
  messages: price("messages of 32 KB", 1e6, [[1e9, 1], [Infinity, 0.8]], `${AMNIC}; second tier not verified`),
  connectionMinutes: price("connection minutes", 1e6, 0.25, AMNIC),
  invocations: price("invocations", 1e6, 0.2, CLOUDCHIPR),
  /** On arm64. */
  compute: price("GB-seconds", 1, [[7.5e9, 0.0000133334], [18.75e9, 0.0000120001], [Infinity, 0.0000106667]], `${CLOUDCHIPR}; third tier not verified`),
  lambdaLogs: price("GB of logs", GIGABYTE, [[1e13, 0.5], [3e13, 0.25], [5e13, 0.1], [Infinity, 0.05]], "duckbillgroup.com/?p=9080, 2025-05"),
  /** Whether the access log has the tiers of Lambda's logs is not verified. */
  otherLogs: price("GB of logs", GIGABYTE, 0.5, FACTUALMINDS),
  logStorage: price("GB-months of logs", GIGABYTE, 0.03, "hykell.com/kb/platform-specific-guides/aws-cloudwatch-logs-pricing, 2026-11"),
  alarms: price("alarms", 1, 0.1, "not verified"),
  dashboards: price("dashboards", 1, 3, FACTUALMINDS),
  queueRequests: price("requests of 64 KB", 1e6, 0.4, "not verified"),
  transferOut: price("GB transferred out", GIGABYTE, [[1e13, 0.09], [5e13, 0.085], [1.5e14, 0.07], [Infinity, 0.05]], `${AMNIC}; tiers above 10 TB not verified`),
};

/** Returns the dollars for a quantity per month. */
export function charge({ per, tiers }: Price, quantity: number): number {
  let from = 0;
  return tiers.reduce((dollars, tier) => {
    const units = Math.max(0, Math.min(quantity, tier.upTo) - from);
    from = tier.upTo;
    return dollars + (units / per) * tier.dollars;
  }, 0);
}
