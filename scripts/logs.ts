/** `npm run logs`: tails the logs of the functions, on AWS or at `AWS_ENDPOINT_URL`. */
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  CloudWatchLogsClient,
  paginateFilterLogEvents,
  paginateDescribeLogGroups,
} from "@aws-sdk/client-cloudwatch-logs";
import { explainAwsFailure } from "./aws-failure.ts";
import { formatLogEvent, type FunctionLogEvent } from "./log-format.ts";

const USAGE = `Usage: npm run logs -- [options]

Prints the logs of the functions, oldest first, and follows them. Press Ctrl-C to stop.

  --project <name>    the project of the stack (default: websocket-lambda)
  --since <minutes>   how many minutes to look back (default: 10)
  --filter <pattern>  a CloudWatch Logs filter pattern, for example '{ $.level = "ERROR" }'
  --once              print the existing log events, then exit instead of following the logs
  --help              print this text
`;

/** Milliseconds between two polls; FilterLogEvents allows an account five a second. */
const INTERVAL = 1000;

/** Milliseconds: log events may become visible in another order than their times. */
const LATE_ARRIVALS = 5000;

/** The authorizer exists only on stacks with `jwt_issuer`. */
const FUNCTIONS = ["websocket-handler", "processor", "authorizer"];

/** An invalid option, or a stack that does not exist. */
class UsageError extends Error {}

const client = new CloudWatchLogsClient({});

function parseOptions() {
  try {
    const { values } = parseArgs({
      options: {
        project: { type: "string", default: "websocket-lambda" },
        since: { type: "string", default: "10" },
        filter: { type: "string" },
        once: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`${error.message}\nRun \`npm run logs -- --help\` for the options.`);
  }
}

type Options = ReturnType<typeof parseOptions>;

/** The log groups of the stack's functions. */
async function functionLogGroups(project: string): Promise<string[]> {
  const names: string[] = [];
  const prefix = `/aws/lambda/${project}-`;
  for await (const page of paginateDescribeLogGroups({ client }, { logGroupNamePrefix: prefix }))
    for (const { logGroupName = "" } of page.logGroups ?? [])
      if (FUNCTIONS.includes(logGroupName.slice(prefix.length))) names.push(logGroupName);
  return names;
}

/** The events of a log group from a time on, oldest first. */
async function eventsOf(logGroupName: string, startTime: number, pattern: string | undefined) {
  const filter = pattern === undefined ? {} : { filterPattern: pattern };
  const events: (FunctionLogEvent & { eventId: string })[] = [];
  for await (const page of paginateFilterLogEvents(
    { client },
    { logGroupName, startTime, ...filter },
  ))
    for (const { eventId = "", timestamp = 0, message = "" } of page.events ?? [])
      events.push({ eventId, logGroupName, timestamp, message });
  return events;
}

async function tail(logGroupNames: string[], { since, filter, once }: Options): Promise<void> {
  let startTime = Date.now() - Number(since) * 60_000;
  let printed = new Set<string>();
  for (;;) {
    const groups = await Promise.all(
      logGroupNames.map((name) => eventsOf(name, startTime, filter)),
    );
    const events = groups.flat().toSorted((a, b) => a.timestamp - b.timestamp);
    for (const event of events)
      if (!printed.has(event.eventId)) console.log(formatLogEvent(event, process.stdout));
    printed = new Set(events.map(({ eventId }) => eventId));
    startTime = Math.max(startTime, (events.at(-1)?.timestamp ?? 0) - LATE_ARRIVALS);
    if (once) return;
    await setTimeout(INTERVAL);
  }
}

async function main(): Promise<void> {
  const options = parseOptions();
  const { project, since, help } = options;
  if (help) {
    process.stdout.write(USAGE);
    return;
  }
  if (!(Number(since) > 0))
    throw new UsageError(`--since must be a number of minutes above 0, not "${since}".`);
  const groups = await functionLogGroups(project);
  if (groups.length === 0) {
    const region = await client.config.region();
    throw new UsageError(
      `No stack named "${project}" in ${region}: its log groups do not exist. Check --project, AWS_REGION and the account.`,
    );
  }
  await tail(groups, options);
}

try {
  await main();
} catch (error) {
  const sentence = error instanceof UsageError ? error.message : explainAwsFailure(error);
  if (sentence === undefined) throw error;
  console.error(sentence);
  process.exitCode = 1;
}
