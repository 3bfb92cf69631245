import type { LogEventAuthor } from "./log-event-author.ts";

export interface LogEvent {
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

export interface WrittenLogEvent extends LogEvent {
  author: LogEventAuthor;
  logGroupName: string;
  logStreamName: string;
  region: string;
}
