/**
 * Everything that goes wrong on AWS now and then, switched on by a test or by `npm start -- --fault`.
 * Each fault is named here, has a rate, and strikes where its name is asked for.
 */

/** Each fault, and what it does. */
export const FAULTS = {
  "duplicate-event": "Lambda runs an asynchronous event twice",
  "delay-event":
    "Lambda runs an asynchronous event up to a second later, so that events overtake each other",
  "crash-function": "a function's process dies in mid-invocation",
  "throttle-invoke": "Invoke answers 429",
  "fail-invoke": "Invoke answers 500",
  "throttle-connections": "@connections answers 429",
  "fail-connections": "@connections answers 500",
  "vanish-before-post": "the connection disappears before a reply is posted to it",
  "vanish-during-post": "the connection disappears while a reply is posted, and nobody can tell",
  "vanish-after-post": "the connection disappears once a reply was posted to it",
  "slow-network": "every answer of AWS to a function takes up to 100 ms longer",
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

/** Each fault with what it does, a line each. */
export const listFaults = (): string =>
  Object.entries(FAULTS)
    .map(([name, effect]) => `  ${name.padEnd(21)} ${effect}`)
    .join("\n");

/** @throws {Error} that lists the faults there are, where a rate is not one of them or not a rate. */
export function parseFaults(specifications: readonly string[]): FaultRates {
  const rates: FaultRates = {};
  for (const specification of specifications) {
    const [name = "", rate = "0.1"] = specification.split("=");
    if (!isFaultName(name) || !(Number(rate) >= 0 && Number(rate) <= 1))
      throw new Error(
        `--fault takes a name, or name=rate with a rate from 0 to 1, not "${specification}".\n${listFaults()}`,
      );
    rates[name] = Number(rate);
  }
  return rates;
}

const isFaultName = (name: string): name is FaultName => Object.hasOwn(FAULTS, name);
