import type { LocalAws } from "../local-aws.ts";
import { formatLogEvent } from "./log-format.ts";
import { formatMessage } from "./trace-format.ts";

/** Prints the logs of the functions to standard output, and with `trace` a trace of each message. */
export function printEvents(aws: Pick<LocalAws, "subscribe">, trace: boolean): void {
  aws.subscribe({
    log(event) {
      // The access log adds nothing to the logs of the functions.
      if (event.author !== "access-log") console.log(formatLogEvent(event, process.stdout));
    },
    ...(trace && { message: (message) => console.log(formatMessage(message, process.stdout)) }),
  });
}
