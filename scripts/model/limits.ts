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
      name: "messages per second, stage",
      used: peakMessageRate,
      quota: inputs["throttling-rate"],
      raise: "set throttling_rate_limit and throttling_burst_limit in Terraform",
    },
    {
      name: "connects per second, stage",
      used: peakConnectRate,
      quota: inputs["throttling-rate"],
      raise: "set throttling_rate_limit and throttling_burst_limit in Terraform",
    },
    {
      name: "connects per second, account",
      used: peakConnectRate,
      quota: inputs["new-connections"],
      raise: "request a higher quota of new connections per second from AWS",
    },
    {
      // Disconnects are no requests of a client; the reply to each message is one of the processor.
      name: "requests per second, account",
      used: 2 * peakMessageRate + peakConnectRate,
      quota: inputs["account-rate"],
      raise:
        "request a higher API Gateway throttle quota from AWS; its burst limit increases with it",
    },
    {
      name: "Lambda concurrency",
      used: peakHandlers + peakProcessors,
      quota: inputs.concurrency,
      raise: "request a higher quota of concurrent executions from AWS",
    },
    {
      name: "Lambda invocations per second",
      used: handlerRate,
      quota: quotas.INVOCATIONS_PER_CONCURRENCY * inputs.concurrency,
      raise:
        "request a higher quota of concurrent executions from AWS; this quota is ten times that one",
    },
    {
      // At worst each invocation's lines go in a request of their own; Lambda doesn't say.
      name: "PutLogEvents per second, maximum",
      used: handlerRate + peakMessageRate,
      quota: quotas.PUT_LOG_EVENTS,
      raise: "log less, or request a higher quota of PutLogEvents requests from AWS",
      guess: true,
    },
  ];
}

/** The limit that the traffic reaches first as it grows. */
export function firstToBreak(inputs: Inputs): Limit & { share: number } {
  const [first, ...others] = limitsOf(inputs)
    .filter(({ guess }) => guess !== true)
    .map((limit) => ({ ...limit, share: limit.used / limit.quota }));
  if (first === undefined) throw new Error("The model has no limits to compare.");
  return others.reduce((worst, limit) => (limit.share > worst.share ? limit : worst), first);
}
