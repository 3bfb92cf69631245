import type { Inputs } from "./inputs.ts";
import { billedBytes, LOG_VOLUME, type LogVolume } from "./log-volume.ts";
import { metered } from "./month.ts";
import * as prices from "./prices.ts";
import { charge, type Price } from "./prices.ts";
import * as quotas from "./quotas.ts";

/** One thing that an attacker makes us pay for, in an hour. */
export interface AttackLine {
  what: string;
  quantity: number;
  price: Price;
  dollars: number;
}

const HOUR = 3600;

/**
 * The most expensive hour that an attacker who knows the URL can cause within the limits:
 * messages of 128 KB to `echo` with the longest requestId, at the rate of their route; connections
 * at the rate of theirs, each held for its whole two hours, from the third hour on; every execution
 * environment busy all the time, whatever the actions do. Lines bound their own item, so together
 * they are an upper bound.
 */
export function attackHour(inputs: Inputs): AttackLine[] {
  const messages = inputs["throttling-rate"] * HOUR;
  const connects = Math.min(inputs["throttling-rate"], inputs["new-connections"]) * HOUR;
  const held = (connects / HOUR) * quotas.CONNECTION_MINUTES * 60;
  const bytes = (message: LogVolume, connection: LogVolume) =>
    messages * billedBytes(message) + connects * billedBytes(connection);
  return [
    line(
      "messages and replies of 128 KB",
      prices.messages,
      messages * 2 * metered(quotas.MESSAGE_BYTES),
    ),
    line("data transfer of the replies", prices.transferOut, messages * quotas.MESSAGE_BYTES),
    line("connections held for 2 hours", prices.connectionMinutes, held * 60),
    line("invocations of both functions", prices.lambdaRequests, 2 * messages + 2 * connects),
    line(
      "compute, all environments busy",
      prices.lambdaCompute,
      inputs.concurrency * HOUR * (inputs.memory / 1024),
    ),
    line(
      "function logs",
      prices.lambdaLogs,
      bytes(LOG_VOLUME.attackFunctions, LOG_VOLUME.connectionFunctions),
    ),
    line(
      "access log",
      prices.otherLogs,
      bytes(LOG_VOLUME.messageAccess, LOG_VOLUME.connectionAccess),
    ),
  ];
}

/** Connections that can be held open by sending, where nothing else counts as activity. */
export const connectionsKeptBusy = (inputs: Inputs): number =>
  (inputs["throttling-rate"] + Math.min(inputs["throttling-rate"], inputs["new-connections"])) *
  quotas.IDLE_MINUTES *
  60;

/**
 * Dollars an hour for the lines of requests that are refused as fast as the account takes them, did
 * API Gateway log them, for which there is no source.
 */
export function refusalsLogged(inputs: Inputs): number {
  const { events, bytes } = LOG_VOLUME.messageAccess;
  const line = billedBytes({ events: 1, bytes: bytes / events });
  return charge(prices.otherLogs, inputs["account-rate"] * HOUR * line);
}

const line = (what: string, price: Price, quantity: number): AttackLine => ({
  what,
  quantity,
  price,
  dollars: charge(price, quantity),
});
