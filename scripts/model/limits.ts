import type { Inputs } from "./inputs.ts";
import * as quotas from "./quotas.ts";
import { trafficOf } from "./traffic.ts";

/** How much of a quota the busiest second takes. */
export interface Limit {
  name: string;
  used: number;
  quota: number;
  /** What to do where it doesn't suffice. */
  raise: string;
  /** An upper bound on both sides, so that it says nothing about which limit comes first. */
  guess?: true;
}

/**
 * What stands in the way of a scenario, in the order of the way. Sizes are no rows: 128 KB a
 * message stays far below the 1 MB of an asynchronous invocation.
 */
export function limitsOf(inputs: Inputs): Limit[] {
  const { peakMessageRate, peakConnectRate, peakHandlers, peakProcessors } = trafficOf(inputs);
  const handlerRate = peakMessageRate + 2 * peakConnectRate;
  return [
    {
      name: "messages a second, stage",
      used: peakMessageRate,
      quota: inputs["throttling-rate"],
      raise: "set throttling_rate_limit and throttling_burst_limit in Terraform",
    },
    {
      name: "connects a second, stage",
      used: peakConnectRate,
      quota: inputs["throttling-rate"],
      raise: "set throttling_rate_limit and throttling_burst_limit in Terraform",
    },
    {
      name: "connects a second, account",
      used: peakConnectRate,
      quota: inputs["new-connections"],
      raise: "ask AWS for more new connections per second",
    },
    {
      // Disconnects are no requests of a client; the reply to each message is one of the processor.
      name: "requests a second, account",
      used: 2 * peakMessageRate + peakConnectRate,
      quota: inputs["account-rate"],
      raise: "ask AWS for a higher throttle quota of API Gateway; its burst follows",
    },
    {
      name: "Lambda concurrency",
      used: peakHandlers + peakProcessors,
      quota: inputs.concurrency,
      raise: "ask AWS for more concurrent executions",
    },
    {
      name: "Lambda invocations a second",
      used: handlerRate,
      quota: quotas.INVOCATIONS_PER_CONCURRENCY * inputs.concurrency,
      raise: "ask AWS for more concurrent executions: it is ten times that",
    },
    {
      // At worst each invocation's lines go in a request of their own; Lambda doesn't say.
      name: "PutLogEvents a second, at most",
      used: handlerRate + peakMessageRate,
      quota: quotas.PUT_LOG_EVENTS,
      raise: "log less, or ask AWS for more PutLogEvents requests",
      guess: true,
    },
  ];
}

/** The limit that the traffic reaches first as it grows. */
export function firstToBreak(inputs: Inputs): Limit & { share: number } {
  const [first, ...others] = limitsOf(inputs)
    .filter(({ guess }) => guess !== true)
    .map((limit) => ({ ...limit, share: limit.used / limit.quota }));
  if (first === undefined) throw new Error("There are no limits.");
  return others.reduce((worst, limit) => (limit.share > worst.share ? limit : worst), first);
}
