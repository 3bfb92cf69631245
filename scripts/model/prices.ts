/**
 * What AWS charges in us-east-1, in US dollars, without free tiers and discounts. AWS's price pages
 * fill their tables by script and could not be read where this was written, so every figure says
 * where it was seen. Check them at https://aws.amazon.com/<service>/pricing/ before relying on them.
 */

/** Dollars for the units up to a number a month, then for those up to the next. */
export interface Tier {
  upTo: number;
  dollars: number;
}

export interface Price {
  /** How many units the dollars of a tier pay. */
  per: number;
  unit: string;
  tiers: readonly [Tier, ...Tier[]];
  source: string;
  /** Month of the source. */
  seen: string;
}

const flat = (dollars: number): [Tier] => [{ upTo: Infinity, dollars }];

/** Bytes. AWS doesn't say which GB it means; the decimal one costs more. */
export const GIGABYTE = 1e9;

/** Bytes of a message that API Gateway counts as one: each begun 32 KB is a message. */
export const MESSAGE_METER = 32 * 1024;

/** Bytes of a message that SQS counts as one request. */
export const QUEUE_METER = 64 * 1024;

/** Bytes of a record that Kinesis counts as one PUT payload unit. */
export const STREAM_METER = 25 * 1024;

/** What CloudWatch Logs adds to each event, in bytes: the AWS SDK's text on PutLogEvents. */
export const LOG_EVENT_OVERHEAD = 26;

/** Logs are kept compressed, to 15 % in AWS's price examples. Not verified. */
export const LOG_COMPRESSION = 0.15;

export const messages: Price = {
  per: 1e6,
  unit: "messages of 32 KB",
  tiers: [
    { upTo: 1e9, dollars: 1 },
    { upTo: Infinity, dollars: 0.8 },
  ],
  source: "amnic.com/blogs/aws-api-gateway-pricing; the second tier is not verified",
  seen: "2026-11",
};

export const connectionMinutes: Price = {
  per: 1e6,
  unit: "connection minutes",
  tiers: flat(0.25),
  source: "amnic.com/blogs/aws-api-gateway-pricing",
  seen: "2026-11",
};

export const lambdaRequests: Price = {
  per: 1e6,
  unit: "invocations",
  tiers: flat(0.2),
  source: "cloudchipr.com/blog/aws-lambda-pricing",
  seen: "2025",
};

/** On arm64. */
export const lambdaCompute: Price = {
  per: 1,
  unit: "GB-seconds",
  tiers: [
    { upTo: 7.5e9, dollars: 0.0000133334 },
    { upTo: 18.75e9, dollars: 0.0000120001 },
    { upTo: Infinity, dollars: 0.0000106667 },
  ],
  source: "cloudchipr.com/blog/aws-lambda-pricing; the third tier is not verified",
  seen: "2025",
};

/** What Lambda writes to CloudWatch Logs, of all functions of the account together. */
export const lambdaLogs: Price = {
  per: GIGABYTE,
  unit: "GB of logs",
  tiers: [
    { upTo: 10_000 * GIGABYTE, dollars: 0.5 },
    { upTo: 30_000 * GIGABYTE, dollars: 0.25 },
    { upTo: 50_000 * GIGABYTE, dollars: 0.1 },
    { upTo: Infinity, dollars: 0.05 },
  ],
  source: "duckbillgroup.com/?p=9080: its 60 TB for $12,500 are these tiers",
  seen: "2025-05",
};

/** Everything else, API Gateway's access log among it. Whether that has tiers too is not verified. */
export const otherLogs: Price = {
  per: GIGABYTE,
  unit: "GB of logs",
  tiers: flat(0.5),
  source: "factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards",
  seen: "2026-06",
};

/** A month of a compressed gigabyte. */
export const logStorage: Price = {
  per: GIGABYTE,
  unit: "GB-months of logs",
  tiers: flat(0.03),
  source: "hykell.com/kb/platform-specific-guides/aws-cloudwatch-logs-pricing",
  seen: "2026-11",
};

export const alarm: Price = {
  per: 1,
  unit: "alarms",
  tiers: flat(0.1),
  source: "not verified",
  seen: "never",
};

export const dashboard: Price = {
  per: 1,
  unit: "dashboards",
  tiers: flat(3),
  source: "factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards",
  seen: "2026-06",
};

/** On a standard queue. */
export const queueRequests: Price = {
  per: 1e6,
  unit: "requests of 64 KB",
  tiers: flat(0.4),
  source: "not verified",
  seen: "never",
};

export const shardHours: Price = {
  per: 1,
  unit: "shard hours",
  tiers: flat(0.015),
  source: "trek10.com/blog/amazon-kinesis-data-streams-on-demand-vs.-provisioned-billing-mode…",
  seen: "2023-09",
};

export const putPayloadUnits: Price = {
  per: 1e6,
  unit: "PUT payload units",
  tiers: flat(0.014),
  source: "trek10.com/blog/amazon-kinesis-data-streams-on-demand-vs.-provisioned-billing-mode…",
  seen: "2023-09",
};

/** To the internet, of the whole account. */
export const transferOut: Price = {
  per: GIGABYTE,
  unit: "GB transferred out",
  tiers: [
    { upTo: 10_000 * GIGABYTE, dollars: 0.09 },
    { upTo: 50_000 * GIGABYTE, dollars: 0.085 },
    { upTo: 150_000 * GIGABYTE, dollars: 0.07 },
    { upTo: Infinity, dollars: 0.05 },
  ],
  source: "amnic.com/blogs/aws-api-gateway-pricing; the tiers above 10 TB are not verified",
  seen: "2026-11",
};

/** Dollars for a month's quantity. */
export function charge({ per, tiers }: Price, quantity: number): number {
  let dollars = 0;
  let from = 0;
  for (const tier of tiers) {
    dollars += (Math.max(0, Math.min(quantity, tier.upTo) - from) / per) * tier.dollars;
    from = tier.upTo;
  }
  return dollars;
}
