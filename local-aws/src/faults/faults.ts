/**
 * Failures that happen on AWS from time to time, injected by a test or by `npm start -- --fault`.
 * Each fault has a name and a rate. The code that it affects asks `strikes(name)`.
 */

/** Each fault and its effect. */
export const FAULTS = {
  "duplicate-event": "Lambda delivers an asynchronous event twice",
  "delay-event":
    "Lambda delays an asynchronous event by up to 1 second, so events can change order",
  "crash-function": "the process of a function crashes during an invocation",
  "throttle-invoke": "Invoke returns 429",
  "fail-invoke": "Invoke returns 500",
  "throttle-connections": "@connections returns 429",
  "fail-connections": "@connections returns 500",
  "vanish-before-post": "the connection drops before a reply is posted",
  "vanish-during-post":
    "the connection drops while a reply is posted; returns 410 even if it was delivered",
  "vanish-after-post": "the connection drops after a reply was posted",
  "slow-network": "each AWS response to a function is delayed by up to 100 ms",
} as const;
export type FaultName = keyof typeof FAULTS;

/** How often each fault strikes: from 0, never, to 1, always. */
export type FaultRates = Partial<Record<FaultName, number>>;

export interface Faults {
  /** Whether a fault strikes this time. Counted, so that a test can account for every one. */
  strikes(name: FaultName): boolean;
  /** From 0 to 1: how late, how far into an invocation. */
  random(): number;
  /** How often each fault has struck. */
  readonly counts: Readonly<Record<FaultName, number>>;
  /** May be changed at any time. */
  readonly rates: FaultRates;
}

/** @param seed makes a run repeatable, as far as the order of events is. */
export function createFaults(rates: FaultRates = {}, seed = 1): Faults {
  const random = randomNumbers(seed);
  const counts = Object.fromEntries(Object.keys(FAULTS).map((name) => [name, 0])) as Record<
    FaultName,
    number
  >;
  return {
    rates,
    counts,
    random,
    strikes(name) {
      const rate = rates[name] ?? 0;
      if (rate === 0 || random() >= rate) return false;
      counts[name] += 1;
      return true;
    },
  };
}

/** Mulberry32: small, and even enough to choose victims with. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One line per fault: its name and its effect. */
export const listFaults = (): string =>
  Object.entries(FAULTS)
    .map(([name, effect]) => `  ${name.padEnd(21)} ${effect}`)
    .join("\n");

/** @throws {Error} that lists the faults, if a name or a rate is invalid. */
export function parseFaults(specifications: readonly string[]): FaultRates {
  const rates: FaultRates = {};
  for (const specification of specifications) {
    const [name = "", rate = "0.1"] = specification.split("=");
    if (!isFaultName(name) || !(Number(rate) >= 0 && Number(rate) <= 1))
      throw new Error(
        `--fault must be a name, or name=rate with a rate from 0 to 1, not "${specification}". Faults:\n${listFaults()}`,
      );
    rates[name] = Number(rate);
  }
  return rates;
}

const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);
