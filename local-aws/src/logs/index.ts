import type { Clock } from "../clock.ts";
import { jsonProtocol } from "../protocols/json-protocol.ts";
import type { Service } from "../protocols/operation.ts";
import type { Iam } from "../iam/index.ts";
import type { Observers } from "../observers.ts";
import type { State } from "../state.ts";
import type { LogEventAuthor } from "./log-event-author.ts";
import { createEventStore } from "./event-store.ts";
import type { LogEvent, WrittenLogEvent } from "./log-event.ts";
import { groupIn, logGroupOperations } from "./log-groups.ts";
import { logStreamOperations } from "./log-streams.ts";
import { metricFilterOperations } from "./metric-filters.ts";
import { putLogEvents } from "./put-log-events.ts";
import { readOperations } from "./read-log-events.ts";
import { tagOperations } from "./tags.ts";

export type { LogEvent, WrittenLogEvent };

export interface Logs {
  service: Service;
  /** Appends to a stream, which comes into being with its first event. False: there is no such group. */
  write(
    stream: { region: string; logGroupName: string; logStreamName: string },
    author: LogEventAuthor,
    events: readonly LogEvent[],
  ): boolean;
  /**
   * Calls back for every event written from now on, until the returned function is called. An error of
   * a subscriber is reported on stderr, and concerns nobody else.
   */
  subscribe: Observers<WrittenLogEvent>["subscribe"];
}

/** CloudWatch Logs: groups and metric filters in the state, streams and events in memory. */
export function createLogs(options: { state: State; clock: Clock; iam: Iam }): Logs {
  const { state, clock, iam } = options;
  const store = createEventStore({ clock });
  const resources = { state, clock, store };
  return {
    service: jsonProtocol({
      authorize: iam.authorize,
      prefix: "logs",
      target: "Logs_20140328",
      version: "1.1",
      operations: {
        ...logGroupOperations(resources),
        ...tagOperations(resources),
        ...metricFilterOperations(resources),
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
    subscribe: store.subscribe,
  };
}
