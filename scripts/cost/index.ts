/**
 * `node scripts/cost/index.ts`: estimates costs from quantities and list prices. docs/scaling.md shows the
 * output.
 */
import { parseArgs } from "node:util";
import { runScript, UserError } from "../run-script.ts";
import { billedBytes, LOG_VOLUME } from "./log-volume.ts";
import { charge, type Price, prices } from "./prices.ts";

/** Change these to the figures of your traffic. The durations are not measured on AWS. */
const TRAFFIC = {
  connectionMinutes: 60,
  messageBytes: 1024,
  replyBytes: 1024,
  handlerSeconds: 0.03,
  processorSeconds: 0.04,
  /** Share of jobs that fail. */
  failures: 0.0001,
  /** The interval between the pings of the typed client, and the size of the reply. */
  keepAliveMinutes: 9,
  pingReplyBytes: 75,
};

/** Defaults of `terraform/variables.tf` and the number of alarms in `terraform/monitoring.tf`. */
const STACK = { memoryGb: 256 / 1024, retentionDays: 14, throttlingRate: 500, alarms: 15 };

const USAGE = `Usage: node scripts/cost/index.ts <messages per month> <connections>
       node scripts/cost/index.ts --idle <clients>
       node scripts/cost/index.ts --attack

Prints the cost of a month, of a month of clients that only keep their connections alive, or the highest
cost per hour that an attacker can cause. The other assumptions are at the top of the script.
`;

const DAYS = 30;
/** CloudWatch stores logs compressed. 15% is the ratio in AWS's examples. Not verified. */
const COMPRESSION = 0.15;
/** API Gateway bills each started 32 KB as a message. */
const metered = (bytes: number) => Math.ceil(bytes / (32 * 1024));

type Item = [name: string, quantity: number, Price];

function month(messages: number, connections: number): Item[] {
  const minutes = connections * DAYS * 24 * 60;
  const connects = minutes / TRAFFIC.connectionMinutes;
  const handlers = messages + 2 * connects + messages * TRAFFIC.failures;
  const seconds = handlers * TRAFFIC.handlerSeconds + messages * TRAFFIC.processorSeconds;
  const functionLogs =
    messages * billedBytes(LOG_VOLUME.messageFunctions) +
    connects * billedBytes(LOG_VOLUME.connectionFunctions);
  const accessLog =
    messages * billedBytes(LOG_VOLUME.messageAccess) +
    connects * billedBytes(LOG_VOLUME.connectionAccess);
  const stored = (functionLogs + accessLog) * COMPRESSION * (STACK.retentionDays / DAYS);
  const perMessage = metered(TRAFFIC.messageBytes) + metered(TRAFFIC.replyBytes);
  return [
    ["API Gateway, messages", messages * perMessage, prices.messages],
    ["API Gateway, connections", minutes, prices.connectionMinutes],
    ["Lambda, invocations", handlers + messages, prices.invocations],
    ["Lambda, compute", seconds * STACK.memoryGb, prices.compute],
    ["CloudWatch, function logs", functionLogs, prices.lambdaLogs],
    ["CloudWatch, access log", accessLog, prices.otherLogs],
    ["CloudWatch, log storage", stored, prices.logStorage],
    ["CloudWatch, alarms", STACK.alarms, prices.alarms],
    ["CloudWatch, dashboard", 1, prices.dashboards],
    // Each dead letter is sent, received and deleted.
    ["SQS, dead letters", 3 * messages * TRAFFIC.failures, prices.queueRequests],
    ["data transfer out", messages * TRAFFIC.replyBytes, prices.transferOut],
  ];
}

/** A month of clients that stay connected and send nothing but pings. */
function idleMonth(clients: number): Item[] {
  const minutes = clients * DAYS * 24 * 60;
  const pings = minutes / TRAFFIC.keepAliveMinutes;
  const functionLogs = pings * billedBytes(LOG_VOLUME.pingFunctions);
  const accessLog = pings * billedBytes(LOG_VOLUME.messageAccess);
  const stored = (functionLogs + accessLog) * COMPRESSION * (STACK.retentionDays / DAYS);
  return [
    ["API Gateway, connections", minutes, prices.connectionMinutes],
    ["API Gateway, pings", 2 * pings, prices.messages],
    ["Lambda, invocations", pings, prices.invocations],
    ["Lambda, compute", pings * TRAFFIC.handlerSeconds * STACK.memoryGb, prices.compute],
    ["CloudWatch, function logs", functionLogs, prices.lambdaLogs],
    ["CloudWatch, access log", accessLog, prices.otherLogs],
    ["CloudWatch, log storage", stored, prices.logStorage],
    ["data transfer out", pings * TRAFFIC.pingReplyBytes, prices.transferOut],
  ];
}

/** The most expensive hour within Terraform's default limits. Each item is an upper bound. */
function attackHour(): Item[] {
  const messages = STACK.throttlingRate * 3600;
  const connects = messages;
  const messageBytes = 128 * 1024;
  const openConnections = STACK.throttlingRate * 2 * 3600;
  const functionLogs =
    messages * billedBytes(LOG_VOLUME.attackFunctions) +
    connects * billedBytes(LOG_VOLUME.connectionFunctions);
  const accessLog =
    messages * billedBytes(LOG_VOLUME.messageAccess) +
    connects * billedBytes(LOG_VOLUME.connectionAccess);
  return [
    ["messages and replies of 128 KB", messages * 2 * metered(messageBytes), prices.messages],
    ["data transfer of the replies", messages * messageBytes, prices.transferOut],
    ["connections held for 2 hours", openConnections * 60, prices.connectionMinutes],
    ["invocations of both functions", 2 * messages + 2 * connects, prices.invocations],
    ["compute, all environments busy", 1000 * 3600 * STACK.memoryGb, prices.compute],
    ["function logs", functionLogs, prices.lambdaLogs],
    ["access log", accessLog, prices.otherLogs],
  ];
}

const dollars = (amount: number) =>
  `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;

function report(items: Item[]): string {
  const lines = items.map(([name, quantity, price]) => {
    const units = quantity / (price.unit.startsWith("GB") && price.per > 1 ? price.per : 1);
    const count = units.toLocaleString("en-US", { maximumFractionDigits: units < 1000 ? 1 : 0 });
    return `${name.padEnd(30)} ${count.padStart(15)} ${price.unit.padEnd(20)}${dollars(charge(price, quantity)).padStart(10)}`;
  });
  const total = items.reduce((sum, [, quantity, price]) => sum + charge(price, quantity), 0);
  return [...lines, `${"total".padEnd(66)}${dollars(total).padStart(11)}`].join("\n");
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      idle: { type: "string" },
      attack: { type: "boolean", default: false },
    },
  });
  const { idle, attack } = values;
  const traffic = idle === undefined && !attack;
  const expected = traffic ? 2 : 0;
  if (positionals.length !== expected || (idle !== undefined && attack))
    throw new UserError(USAGE.trimEnd());
  if (attack) return console.log(report(attackHour()));
  if (idle !== undefined) return console.log(report(idleMonth(numberOf(idle))));
  const [messages = 0, connections = 0] = positionals.map(numberOf);
  console.log(report(month(messages, connections)));
}

/** @throws {UserError} if the text is not a number above 0. */
function numberOf(text: string): number {
  const value = Number(text);
  if (!(value > 0) || value === Number.POSITIVE_INFINITY)
    throw new UserError(
      `The number of messages, connections or clients must be above 0, not "${text}".`,
    );
  return value;
}

await runScript({ command: "node scripts/cost/index.ts", usage: USAGE, main });
