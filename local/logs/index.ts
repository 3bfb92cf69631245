import type { Service } from "../http/operation.ts";

export interface LogEvent {
  /** Milliseconds since the epoch. */
  timestamp: number;
  message: string;
}

export interface WrittenLogEvent extends LogEvent {
  logGroupName: string;
  logStreamName: string;
  region: string;
}

export interface Logs {
  service: Service;
  /** Appends to a stream, which comes into being with its first event. False: there is no such group. */
  write(region: string, logGroupName: string, logStreamName: string, events: LogEvent[]): boolean;
  /** Calls back for every event written from now on, until the returned function is called. */
  subscribe(listener: (event: WrittenLogEvent) => void): () => void;
}
