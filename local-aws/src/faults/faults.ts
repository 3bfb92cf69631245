/**
 * Failures that happen on AWS from time to time, which the option `faults` of `createLocalAws` injects.
 * Each fault has a name and a rate. The middleware in this folder calls `strikes(name)` before it
 * injects one.
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

/** The rate of each fault, from 0 (never) to 1 (always). */
export type FaultRates = Partial<Record<FaultName, number>>;

export interface Faults {
  /** Returns whether to inject a fault this time, and counts it if so. */
  strikes(name: FaultName): boolean;
  /** Returns a number from 0 to 1 (exclusive), for the times of faults. */
  random(): number;
  /** The number of times that each fault was injected. */
  readonly counts: Readonly<Record<FaultName, number>>;
  /** Can be changed at any time. */
  readonly rates: FaultRates;
}

/**
 * Creates the faults.
 * @param seed runs with the same seed and the same order of events have the same faults.
 */
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

/** Returns a generator of pseudorandom numbers from 0 to 1 (exclusive): Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Returns one line per fault: its name and its effect. */
export const listFaults = (): string =>
  Object.entries(FAULTS)
    .map(([name, effect]) => `  ${name.padEnd(21)} ${effect}`)
    .join("\n");

/**
 * Reads the values of the option `--fault`: `name`, with a rate of 0.1, or `name=rate`.
 * @throws {Error} that lists the faults, if a name or a rate is invalid.
 */
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
