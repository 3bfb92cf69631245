import { parseArgs } from "node:util";
import { billedBytes, LOG_VOLUME } from "./log-volume.ts";
import * as quotas from "./quotas.ts";
import { readTerraformDefaults } from "./terraform-defaults.ts";

const terraform = readTerraformDefaults();

interface Input {
  default: number;
  min: number;
  max: number;
  /** Fractions are allowed. */
  fraction?: true;
  description: string;
}

/** Every number that the model takes, by its option. */
export const INPUTS = {
  "messages-per-month": {
    default: 1e6,
    min: 1,
    max: 1e12,
    description: "messages from clients per month, each with one reply",
  },
  connections: { default: 1000, min: 1, max: 1e8, description: "open connections, on average" },
  "hours-per-day": {
    default: 24,
    min: 0.1,
    max: 24,
    fraction: true,
    description: "hours per day with connections and messages",
  },
  "connection-minutes": {
    default: 60,
    min: 1,
    max: quotas.CONNECTION_MINUTES,
    description: "minutes that a connection is open",
  },
  "peak-factor": {
    default: 5,
    min: 1,
    max: 1000,
    fraction: true,
    description: "messages and connects in the busiest second, as a multiple of the average",
  },
  "message-bytes": {
    default: 1024,
    min: 1,
    max: quotas.MESSAGE_BYTES,
    description: "size of a message, in bytes",
  },
  "reply-bytes": {
    default: 1024,
    min: 1,
    max: quotas.MESSAGE_BYTES,
    description: "size of a reply, in bytes",
  },
  "handler-ms": {
    default: 30,
    min: 1,
    max: 15_000,
    description: "billed duration of the websocket-handler, in ms; not measured on AWS",
  },
  "processor-ms": {
    default: 40,
    min: 1,
    max: 900_000,
    description: "billed duration of the processor, in ms; not measured on AWS",
  },
  "cold-start-ms": {
    default: 500,
    min: 0,
    max: 10_000,
    description: "duration of a cold start, in ms; only for --burst",
  },
  memory: {
    default: terraform.processorMemory,
    min: 128,
    max: 10_240,
    description: "memory of each function, in MB",
  },
  "log-bytes-per-message": {
    default: billedBytes(LOG_VOLUME.messageFunctions) + billedBytes(LOG_VOLUME.messageAccess),
    min: 0,
    max: 1e6,
    description: "billed bytes of logs per message; a third is the access log",
  },
  "log-bytes-per-connection": {
    default: billedBytes(LOG_VOLUME.connectionFunctions) + billedBytes(LOG_VOLUME.connectionAccess),
    min: 0,
    max: 1e6,
    description: "billed bytes of logs per connection (connect and disconnect)",
  },
  "log-retention-days": {
    default: terraform.logRetentionDays,
    min: 1,
    max: 3653,
    description: "days before logs expire",
  },
  "failure-rate": {
    default: 0.0001,
    min: 0,
    max: 1,
    fraction: true,
    description: "share of jobs that go to the dead-letter queue",
  },
  "batch-size": {
    default: 10,
    min: 1,
    max: 10_000,
    description: "jobs per invocation with SQS or Kinesis between the functions",
  },
  "throttling-rate": {
    default: terraform.throttlingRate,
    min: 1,
    max: 1e6,
    description: "the Terraform variable throttling_rate_limit",
  },
  "throttling-burst": {
    default: terraform.throttlingBurst,
    min: 1,
    max: 1e6,
    description: "the Terraform variable throttling_burst_limit",
  },
  "account-rate": {
    default: quotas.ACCOUNT_RATE,
    min: 1,
    max: 1e7,
    description: "quota: API Gateway requests per second",
  },
  "new-connections": {
    default: quotas.NEW_CONNECTIONS,
    min: 1,
    max: 1e6,
    description: "quota: new connections per second",
  },
  concurrency: {
    default: quotas.CONCURRENCY,
    min: 1,
    max: 1e6,
    description: "quota: concurrent Lambda invocations",
  },
  "processor-concurrency": {
    default: 0,
    min: 0,
    max: 1e6,
    description: "with --burst: concurrency reserved for the processor; 0: none",
  },
  seconds: {
    default: 0,
    min: 0,
    max: 600,
    description: "with --burst: seconds over which the messages arrive; 0: all at once",
  },
  seed: {
    default: 1,
    min: 1,
    max: 2 ** 31,
    description: "seed for the random numbers of the simulations",
  },
} satisfies Record<string, Input>;

export type InputName = keyof typeof INPUTS;
export type Inputs = Record<InputName, number>;

/** What to model. */
export type Request =
  | { mode: "help" }
  | { mode: "month"; scenarios: [Inputs, ...Inputs[]] }
  | { mode: "attack"; inputs: Inputs }
  | { mode: "burst"; messages: number; inputs: Inputs }
  | { mode: "reconnect"; clients: number; inputs: Inputs };

/** Largest simulations that end within seconds. */
const MOST_SIMULATED: Input = { default: 0, min: 1, max: 1e6, description: "" };

export const names = (): InputName[] => Object.keys(INPUTS).filter(isInputName);

function isInputName(name: string): name is InputName {
  return Object.hasOwn(INPUTS, name);
}

export const defaultInputs = (): Inputs =>
  fromNames((name) => {
    const input: Input = INPUTS[name];
    return input.default;
  });

/** An option that is not valid. The message says why. */
export class InvalidOption extends Error {
  override readonly name = "InvalidOption";
}

/** @throws {InvalidOption} */
export function parseRequest(args: string[]): Request {
  const values = parseOptions(args);
  if (values["help"] === true) return { mode: "help" };
  const [first, ...others] = scenariosOf(values);
  for (const scenario of [first, ...others])
    if (scenario["processor-concurrency"] >= scenario.concurrency)
      throw new InvalidOption("--processor-concurrency must be lower than --concurrency.");
  const modes = ["attack", "burst", "reconnect"].filter((mode) => values[mode] !== undefined);
  if (modes.length > 1) throw new InvalidOption(`--${modes.join(" and --")} cannot be combined.`);
  const [mode] = modes;
  if (mode === undefined) return { mode: "month", scenarios: [first, ...others] };
  if (others.length > 0) throw new InvalidOption(`--${mode} does not support lists of numbers.`);
  if (mode === "burst")
    return { mode, messages: numberOf(mode, values[mode], MOST_SIMULATED), inputs: first };
  if (mode === "reconnect")
    return { mode, clients: numberOf(mode, values[mode], MOST_SIMULATED), inputs: first };
  return { mode: "attack", inputs: first };
}

type Values = Record<string, string | boolean | undefined>;

function parseOptions(args: string[]): Values {
  const numbers = Object.fromEntries(names().map((name) => [name, { type: "string" as const }]));
  try {
    const { values } = parseArgs({
      args,
      options: {
        ...numbers,
        attack: { type: "boolean" },
        burst: { type: "string" },
        reconnect: { type: "string" },
        help: { type: "boolean" },
      },
    });
    return values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InvalidOption(`${error.message}\nRun \`npm run model -- --help\` for the options.`);
  }
}

/** One scenario for each number of the longest list; a single number counts for all of them. */
function scenariosOf(values: Values): [Inputs, ...Inputs[]] {
  const lists = names().map((name) => {
    const text = values[name];
    const texts = typeof text === "string" ? text.split(",") : [];
    return { name, numbers: texts.map((each) => numberOf(name, each, INPUTS[name])) };
  });
  const length = Math.max(1, ...lists.map(({ numbers }) => numbers.length));
  const odd = lists.find(({ numbers }) => numbers.length > 1 && numbers.length < length);
  if (odd !== undefined)
    throw new InvalidOption(
      `--${odd.name} has ${odd.numbers.length} numbers, but another option has ${length}. Give each option ${length} numbers or one.`,
    );
  const scenario = (index: number): Inputs => {
    const given = new Map(lists.map(({ name, numbers }) => [name, numbers[index] ?? numbers[0]]));
    return fromNames((name) => given.get(name) ?? INPUTS[name].default);
  };
  const others = Array.from({ length: length - 1 }, (_, index) => scenario(index + 1));
  return [scenario(0), ...others];
}

function numberOf(name: string, text: string | boolean | undefined, input: Input): number {
  const number = typeof text === "string" && text.trim() !== "" ? Number(text) : Number.NaN;
  const whole = input.fraction === true || Number.isInteger(number);
  if (whole && number >= input.min && number <= input.max) return number;
  const kind = input.fraction === true ? "a number" : "a whole number";
  throw new InvalidOption(
    `--${name} must be ${kind} from ${input.min} to ${input.max}, not "${String(text)}".`,
  );
}

function fromNames(valueOf: (name: InputName) => number): Inputs {
  const inputs: Partial<Inputs> = {};
  for (const name of names()) inputs[name] = valueOf(name);
  return inputs as Inputs;
}
