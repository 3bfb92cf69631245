/** Log events of one source, and their bytes without the overhead that CloudWatch adds. */
export interface LogVolume {
  events: number;
  bytes: number;
}

/**
 * The log events of one message, and of one connection from connect to disconnect, at the log level
 * INFO, without cold starts. Measured on the local AWS, whose lines have the same format as on AWS.
 * `test/log-volume.test.ts` checks them.
 */
export const LOG_VOLUME = {
  /** Start, "processor invoked", report; start, "reply posted", report. */
  messageFunctions: { events: 6, bytes: 1424 },
  /** The same with the longest requestId: JSON writes 128 characters in up to 768 bytes, twice. */
  attackFunctions: { events: 6, bytes: 2927 },
  /** Start and report of the websocket-handler, which does not log pings. */
  pingFunctions: { events: 2, bytes: 472 },
  /** One line for the message and one for the request to `@connections`. */
  messageAccess: { events: 2, bytes: 648 },
  connectionFunctions: { events: 6, bytes: 1425 },
  connectionAccess: { events: 2, bytes: 612 },
} satisfies Record<string, LogVolume>;

/** Returns the bytes that CloudWatch bills. It adds 26 bytes to each event. */
export const billedBytes = ({ events, bytes }: LogVolume): number => bytes + events * 26;
