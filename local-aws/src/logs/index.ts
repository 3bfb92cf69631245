import type { Clock } from "../clock.ts";
import { jsonProtocol } from "../protocols/json-protocol.ts";
import type { Service } from "../protocols/operation.ts";
import { type Hooks, noHooks } from "../hooks.ts";
import type { Iam } from "../iam/index.ts";
import type { State } from "../state.ts";
import type { LogEventAuthor } from "./log-event-author.ts";
import { createEventStore } from "./event-store.ts";
import type { LogEvent, WrittenLogEvent } from "./log-event.ts";
import { addGroup, groupIn, logGroupOperations } from "./log-groups.ts";
import { logStreamOperations } from "./log-streams.ts";
import { metricFilterOperations } from "./metric-filters.ts";
import { putLogEvents } from "./put-log-events.ts";
import { queryDefinitionOperations } from "./query-definitions.ts";
import { readOperations } from "./read-log-events.ts";
import { tagOperations } from "./tags.ts";

export type { LogEvent, WrittenLogEvent };

/** The actions that a role must allow so that a service writes to a log stream with its permissions. */
export const WRITE_ACTIONS = ["logs:CreateLogStream", "logs:PutLogEvents"];

export interface Logs {
  service: Service;
  /** Appends to a stream, and creates it if needed. Returns false if there is no such group. */
  write(
    stream: { region: string; logGroupName: string; logStreamName: string },
    author: LogEventAuthor,
    events: readonly LogEvent[],
  ): boolean;
  /** Creates a log group with default settings. Returns false if it exists. */
  createGroup(region: string, logGroupName: string): boolean;
}

/** CloudWatch Logs: groups, metric filters and saved queries in the state, streams and events in memory. */
export function createLogs(options: {
  state: State;
  clock: Clock;
  iam: Iam;
  /** Default: none. */
  hooks?: Hooks;
}): Logs {
  const { state, clock, iam, hooks = noHooks } = options;
  const store = createEventStore({ clock, hooks });
  const resources = { state, clock, store };
  return {
    service: jsonProtocol({
      authorize: iam.authorize,
      prefix: "logs",
      target: "Logs_20140328",
      version: "1.1",
      inputErrors: { code: "InvalidParameterException" },
      operations: {
        ...logGroupOperations(resources),
        ...tagOperations(resources),
        ...metricFilterOperations(resources),
        ...queryDefinitionOperations(resources),
        ...logStreamOperations(resources),
        PutLogEvents: putLogEvents(resources),
        ...readOperations(resources),
      },
    }),
    write({ region, logGroupName, logStreamName }, author, events) {
      const group = groupIn(state, region, logGroupName);
      if (group === undefined) return false;
      store.append({ region, group, logStreamName }, author, events);
      return true;
    },
    createGroup(region, logGroupName) {
      if (groupIn(state, region, logGroupName) !== undefined) return false;
      addGroup(state, { region, logGroupName, creationTime: clock.now(), tags: {} });
      return true;
    },
  };
}
