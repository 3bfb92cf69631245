import type { Inputs } from "./inputs.ts";
import { billedBytes, LOG_VOLUME } from "./log-volume.ts";
import * as prices from "./prices.ts";
import { charge } from "./prices.ts";
import * as quotas from "./quotas.ts";
import { readTerraformDefaults } from "./terraform-defaults.ts";
import { DAYS, trafficOf } from "./traffic.ts";

/** A month's cost in dollars, by item. */
export type MonthlyCost = Record<string, number>;

/** Messages that API Gateway bills for one of so many bytes. */
export const metered = (bytes: number) => Math.ceil(bytes / prices.MESSAGE_METER);

/** Of the billed bytes of log, what API Gateway writes. */
const accessBytes = billedBytes(LOG_VOLUME.messageAccess);
const ACCESS_LOG_SHARE = accessBytes / (accessBytes + billedBytes(LOG_VOLUME.messageFunctions));

export function monthlyCost(inputs: Inputs): MonthlyCost {
  const traffic = trafficOf(inputs);
  const { messages } = traffic;
  const computeSeconds =
    (traffic.handlerInvocations * inputs["handler-ms"] +
      traffic.processorInvocations * inputs["processor-ms"]) /
    1000;
  const logBytes =
    messages * inputs["log-bytes-per-message"] +
    traffic.connects * inputs["log-bytes-per-connection"];
  const keptBytes = logBytes * prices.LOG_COMPRESSION * (inputs["log-retention-days"] / DAYS);
  return {
    "API Gateway, messages": charge(
      prices.messages,
      messages * (metered(inputs["message-bytes"]) + metered(inputs["reply-bytes"])),
    ),
    "API Gateway, connections": charge(prices.connectionMinutes, traffic.connectionMinutes),
    "Lambda, invocations": charge(
      prices.lambdaRequests,
      traffic.handlerInvocations + traffic.processorInvocations,
    ),
    "Lambda, compute": charge(prices.lambdaCompute, computeSeconds * (inputs.memory / 1024)),
    "CloudWatch, log ingestion":
      charge(prices.lambdaLogs, logBytes * (1 - ACCESS_LOG_SHARE)) +
      charge(prices.otherLogs, logBytes * ACCESS_LOG_SHARE),
    "CloudWatch, log storage": charge(prices.logStorage, keptBytes),
    "CloudWatch, alarms and dashboard":
      charge(prices.alarm, readTerraformDefaults().alarms) + charge(prices.dashboard, 1),
    "SQS, dead letters": deadLetters(inputs),
    "data transfer out": charge(prices.transferOut, messages * inputs["reply-bytes"]),
  };
}

/** Each is sent, received and deleted. */
function deadLetters(inputs: Inputs): number {
  const letters = inputs["messages-per-month"] * inputs["failure-rate"];
  const chunks = Math.ceil(inputs["message-bytes"] / prices.QUEUE_METER);
  return charge(prices.queueRequests, letters * (2 * chunks + 1));
}

export const totalOf = (cost: MonthlyCost) =>
  Object.values(cost).reduce((sum, dollars) => sum + dollars, 0);

/**
 * What another way from the websocket-handler to the processor would add to a month: its own price
 * less the invocations that full batches save. Below zero, it saves money.
 */
export function handOverCost(inputs: Inputs): { queue: number; stream: number } {
  const { messages, peakMessageRate } = trafficOf(inputs);
  const size = inputs["batch-size"];
  const batches = messages / size;
  const saved = charge(prices.lambdaRequests, messages - batches);
  const bytes = inputs["message-bytes"];
  // Each job is sent alone; a batch is received and deleted at once.
  const sends = messages * Math.ceil(bytes / prices.QUEUE_METER);
  const receives = batches * Math.ceil((size * bytes) / prices.QUEUE_METER);
  const shards = Math.ceil(
    peakMessageRate * Math.max(1 / quotas.SHARD_RECORDS, bytes / quotas.SHARD_BYTES),
  );
  const units = messages * Math.ceil(bytes / prices.STREAM_METER);
  return {
    queue: charge(prices.queueRequests, sends + receives + batches) - saved,
    stream:
      charge(prices.shardHours, shards * DAYS * 24) + charge(prices.putPayloadUnits, units) - saved,
  };
}
