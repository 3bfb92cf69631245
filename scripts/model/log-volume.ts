import { LOG_EVENT_OVERHEAD } from "./prices.ts";

/** Log events of one writer, and their bytes without what CloudWatch adds. */
export interface LogVolume {
  events: number;
  bytes: number;
}

/**
 * What one message, and one connection from connect to disconnect, writes at the log level INFO,
 * as measured on the local AWS, whose lines have the form of AWS's. `test/log-volume.test.ts`
 * measures again. Lambda's own lines of a cold start are left out.
 */
export const LOG_VOLUME = {
  /** Start, "processor invoked", report; start, "reply posted", report. */
  messageFunctions: { events: 6, bytes: 1382 },
  /** The same with the longest requestId: JSON writes 128 characters in up to 768 bytes, twice. */
  attackFunctions: { events: 6, bytes: 2886 },
  /** One line for the message and one for the request to `@connections`. */
  messageAccess: { events: 2, bytes: 648 },
  connectionFunctions: { events: 6, bytes: 1425 },
  connectionAccess: { events: 2, bytes: 612 },
} satisfies Record<string, LogVolume>;

/** Bytes that CloudWatch bills. */
export const billedBytes = ({ events, bytes }: LogVolume): number =>
  bytes + events * LOG_EVENT_OVERHEAD;
