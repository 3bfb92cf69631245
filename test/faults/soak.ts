/**
 * `npm run soak`: sends thousands of messages under random faults, and reports what happened to each
 * of them.
 */
import { parseArgs } from "node:util";
import type { FaultRates } from "@websocket-lambda/local-aws";
import { startLocalStack } from "../local-stack.ts";
import { buildFunctions } from "../../scripts/build/index.ts";
import { runScript, UserError } from "../../scripts/run-script.ts";
import { type Failures, isBalanced } from "./failures.ts";
import { fastRetryClock } from "./fast-retry-clock.ts";
import { type Outcome, type Ledger, openLedger } from "./ledger.ts";

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

export interface Account extends Omit<Failures, "unreported"> {
  sent: number;
  outcomes: Partial<Record<Outcome | "lost", number>>;
  duplicates: number;
  misdelivered: number;
}

/** Sends messages under random faults, and resolves when each of them has an outcome. */
export async function soak(options: { messages: number; seed: number }): Promise<Account> {
  const { messages, seed } = options;
  const aws = await startLocalStack({
    clock: fastRetryClock,
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

/** Milliseconds between two reads of the ledger. */
const INTERVAL = 100;
/** Milliseconds after which the account is returned although messages are missing. */
const SETTLING_TIMEOUT = 30_000;

/** Waits until each message has an outcome and each failed job is in the dead-letter queue. */
async function settled(ledger: Ledger): Promise<Account> {
  const deadline = Date.now() + SETTLING_TIMEOUT;
  for (;;) {
    const account = await accountOf(ledger);
    if ((!account.outcomes.lost && isBalanced(account)) || Date.now() > deadline) return account;
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}

async function accountOf(ledger: Ledger): Promise<Account> {
  const { outcomes: byMessage, failures } = await ledger.read();
  const outcomes: Account["outcomes"] = {};
  for (const outcome of byMessage.values())
    outcomes[outcome ?? "lost"] = (outcomes[outcome ?? "lost"] ?? 0) + 1;
  const { unreported: _, ...counts } = failures;
  return {
    sent: byMessage.size,
    outcomes,
    duplicates: ledger.duplicates.length,
    misdelivered: ledger.misdelivered.length,
    ...counts,
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
  if (account.outcomes.lost || account.misdelivered > 0 || !isBalanced(account))
    process.exitCode = 1;
}

if (import.meta.main) await runScript({ command: "npm run soak --", usage: USAGE, main });
