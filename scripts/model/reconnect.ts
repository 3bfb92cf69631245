import type { Inputs } from "./inputs.ts";
import * as quotas from "./quotas.ts";
import { createRandom } from "./random.ts";
import { createTokenBucket } from "./token-bucket.ts";

/** How clients come back after all of them lost their connection at the same moment. */
export interface ReconnectPolicy {
  /** Each waits a random time up to its back-off; else exactly its back-off. */
  jitter: boolean;
  /** Seconds over which the first attempts are spread at random; 0: all at once. */
  spread: number;
}

export interface ReconnectResult {
  connected: number;
  attempts: number;
  /** Share of the attempts that API Gateway refused. */
  refused: number;
  /** Seconds until half of the clients, and all of them, are back; Infinity: not within four hours. */
  half: number;
  all: number;
  /** Attempts in the busiest second. */
  busiest: number;
}

/** Seconds: the back-off after the first refusal, which doubles with each, and where that ends. */
export const BACKOFF_FIRST = 1;
export const BACKOFF_MOST = 30;

/** Steps of simulated time, in milliseconds, and how many there are at most. */
const STEP = 100;
const STEPS = (4 * 3600 * 1000) / STEP;

/** Clients that try in the same step, by the attempts they have behind them. */
type Cohort = number[];

export function simulateReconnect(
  clients: number,
  { jitter, spread }: ReconnectPolicy,
  inputs: Inputs,
): ReconnectResult {
  const random = createRandom(inputs.seed);
  const connections = createTokenBucket(inputs["new-connections"], inputs["new-connections"]);
  const stage = createTokenBucket(inputs["throttling-rate"], inputs["throttling-burst"]);
  const account = createTokenBucket(inputs["account-rate"], quotas.ACCOUNT_BURST);
  const due = new Map<number, Cohort>();
  const result: ReconnectResult = {
    connected: 0,
    attempts: 0,
    refused: 0,
    half: Infinity,
    all: Infinity,
    busiest: 0,
  };

  const add = (seconds: number, from: number, attempts: number, count: number) => {
    const step = from + Math.max(1, Math.round((seconds * 1000) / STEP));
    const cohort = due.get(step) ?? [];
    cohort[attempts] = (cohort[attempts] ?? 0) + count;
    due.set(step, cohort);
  };

  const admit = (step: number, wanted: number): number => {
    const now = step * STEP;
    const room = Math.min(...[connections, stage, account].map((each) => each.available(now)));
    const admitted = Math.min(wanted, Math.floor(room + 1e-9));
    for (const bucket of [connections, stage, account]) bucket.take(now, admitted);
    return admitted;
  };

  const first: Cohort = [clients];
  due.set(0, first);
  if (spread > 0) {
    due.clear();
    for (let client = 0; client < clients; client += 1) add(random() * spread, 0, 0, 1);
  }

  const inSecond = new Map<number, number>();
  for (let step = 0; step < STEPS && due.size > 0; step += 1) {
    const cohort = due.get(step);
    if (cohort === undefined) continue;
    due.delete(step);
    for (const [attempts, count = 0] of cohort.entries()) {
      const admitted = admit(step, count);
      const second = Math.floor((step * STEP) / 1000);
      const busy = (inSecond.get(second) ?? 0) + count;
      inSecond.set(second, busy);
      result.busiest = Math.max(result.busiest, busy);
      result.attempts += count;
      result.connected += admitted;
      const at = (step * STEP) / 1000;
      if (result.connected * 2 >= clients) result.half = Math.min(result.half, at);
      if (result.connected === clients) result.all = at;
      const backoff = Math.min(BACKOFF_MOST, BACKOFF_FIRST * 2 ** attempts);
      const refused = count - admitted;
      if (!jitter && refused > 0) add(backoff, step, attempts + 1, refused);
      else for (let n = 0; n < refused; n += 1) add(random() * backoff, step, attempts + 1, 1);
    }
  }
  result.refused = (result.attempts - result.connected) / result.attempts;
  return result;
}
