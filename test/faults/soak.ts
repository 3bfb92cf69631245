/**
 * `npm run soak`: sends thousands of messages under random faults, and reports what happened to each
 * of them.
 */
import { parseArgs } from "node:util";
import type { FaultRates } from "@websocket-lambda/local-aws";
import { startLocalStack } from "../local-stack.ts";
import { buildFunctions } from "../../scripts/build/index.ts";
import { runScript, UserError } from "../../scripts/run-script.ts";
import { type Failures, failuresClose } from "./failures.ts";
import { hurriedClock } from "./hurried-clock.ts";
import { type Fate, type Ledger, openLedger } from "./ledger.ts";

const RATES: FaultRates = {
  "duplicate-event": 0.02,
  "delay-event": 0.02,
  "crash-function": 0.005,
  "throttle-invoke": 0.01,
  "fail-invoke": 0.05,
  "throttle-connections": 0.01,
  "fail-connections": 0.05,
  "vanish-before-post": 0.005,
  "vanish-during-post": 0.005,
  "vanish-after-post": 0.005,
  "slow-network": 0.05,
};

const CONNECTIONS = 20;
const IN_FLIGHT = 4;

export interface Account extends Omit<Failures, "kept"> {
  sent: number;
  fates: Partial<Record<Fate | "lost", number>>;
  duplicates: number;
  strays: number;
}

/** Sends so many messages under random faults, and resolves once each of them has its fate. */
export async function soak(options: { messages: number; seed: number }): Promise<Account> {
  const { messages, seed } = options;
  const aws = await startLocalStack({
    clock: hurriedClock,
    faults: RATES,
    seed,
  });
  try {
    const ledger = openLedger(aws, aws.webSocketUrl("production"));
    await ledger.converse({
      connections: CONNECTIONS,
      messages: Math.ceil(messages / CONNECTIONS),
      inFlight: IN_FLIGHT,
    });
    return await settled(ledger);
  } finally {
    await aws.close();
  }
}

/** Milliseconds between two looks at the account, and until it is given as it is. */
const INTERVAL = 100;
const PATIENCE = 30_000;

/** Waits until the last message has its fate and the last failed job is in the queue. */
async function settled(ledger: Ledger): Promise<Account> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const account = await accountOf(ledger);
    if ((!account.fates.lost && failuresClose(account)) || Date.now() > deadline) return account;
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}

async function accountOf(ledger: Ledger): Promise<Account> {
  const look = await ledger.look();
  const fates: Account["fates"] = {};
  for (const fate of look.fates.values()) fates[fate ?? "lost"] = (fates[fate ?? "lost"] ?? 0) + 1;
  const { kept: _, ...failures } = look.failures;
  return {
    sent: look.fates.size,
    fates,
    duplicates: ledger.duplicates.length,
    strays: ledger.strays.length,
    ...failures,
  };
}

const USAGE = `Usage: npm run soak -- [options]

Sends messages under random faults. The exit code is 1 if a message was lost.

  --messages <number>  number of messages (default: 20000)
  --seed <number>      seed of the random faults (default: the current time)
  --help               print this text
`;

/** @throws {UserError} if the text is not a whole number of at least `minimum`. */
function wholeNumber(option: string, text: string, minimum: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= minimum && Number.isSafeInteger(value)) return value;
  throw new UserError(`${option} must be a whole number of at least ${minimum}, not "${text}".`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      messages: { type: "string", default: "20000" },
      seed: { type: "string", default: String(Date.now()) },
    },
  });
  const messages = wholeNumber("--messages", values.messages, 1);
  const seed = wholeNumber("--seed", values.seed, 0);
  console.log(`Sending ${messages} messages under random faults (seed ${seed}).`);
  await buildFunctions();
  const started = performance.now();
  const account = await soak({ messages, seed });
  const seconds = (performance.now() - started) / 1000;
  console.log(account);
  console.log(`${seconds.toFixed(0)} s, ${(account.sent / seconds).toFixed(0)} messages/s`);
  if (account.fates.lost || account.strays > 0 || !failuresClose(account)) process.exitCode = 1;
}

if (import.meta.main) await runScript({ command: "npm run soak --", usage: USAGE, main });
