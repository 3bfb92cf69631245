/** `npm run logs`: tails the logs of the functions, on AWS or wherever `AWS_ENDPOINT_URL` leads. */
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import {
  CloudWatchLogsClient,
  paginateFilterLogEvents,
  paginateDescribeLogGroups,
} from "@aws-sdk/client-cloudwatch-logs";
import { formatLogEvent, type FunctionLogEvent } from "./log-format.ts";

const USAGE = `Usage: npm run logs -- [options]

  --project <name>   the project of the stack (default: websocket-lambda)
  --since <minutes>  how far to look back (default: 10)
  --filter <pattern> a filter pattern of CloudWatch Logs, such as '{ $.level = "ERROR" }'
  --once             print what there is and end
`;

/** Milliseconds between two looks; FilterLogEvents allows an account five a second. */
const INTERVAL = 1000;

/** Milliseconds: events may become visible in another order than their times. */
const LATE_ARRIVALS = 5000;

const { values } = parseArgs({
  options: {
    project: { type: "string", default: "websocket-lambda" },
    since: { type: "string", default: "10" },
    filter: { type: "string" },
    once: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** The authorizer exists only on stacks with `jwt_issuer`. */
const FUNCTIONS = ["websocket-handler", "processor", "authorizer"];

const client = new CloudWatchLogsClient({});

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
async function eventsOf(logGroupName: string, startTime: number) {
  const filter = values.filter === undefined ? {} : { filterPattern: values.filter };
  const events: (FunctionLogEvent & { eventId: string })[] = [];
  for await (const page of paginateFilterLogEvents(
    { client },
    { logGroupName, startTime, ...filter },
  ))
    for (const { eventId = "", timestamp = 0, message = "" } of page.events ?? [])
      events.push({ eventId, logGroupName, timestamp, message });
  return events;
}

async function tail(logGroupNames: string[]): Promise<void> {
  let startTime = Date.now() - Number(values.since) * 60_000;
  let printed = new Set<string>();
  for (;;) {
    const groups = await Promise.all(logGroupNames.map((name) => eventsOf(name, startTime)));
    const events = groups.flat().toSorted((a, b) => a.timestamp - b.timestamp);
    for (const event of events)
      if (!printed.has(event.eventId)) console.log(formatLogEvent(event, process.stdout));
    printed = new Set(events.map(({ eventId }) => eventId));
    startTime = Math.max(startTime, (events.at(-1)?.timestamp ?? 0) - LATE_ARRIVALS);
    if (values.once) return;
    await setTimeout(INTERVAL);
  }
}

if (values.help) {
  console.log(USAGE);
} else if (!(Number(values.since) > 0)) {
  console.error(`--since takes a number of minutes, not "${values.since}".`);
  process.exitCode = 1;
} else {
  const groups = await functionLogGroups(values.project);
  if (groups.length > 0) await tail(groups);
  else {
    console.error(`There is no stack named "${values.project}" here.`);
    process.exitCode = 1;
  }
}
