import { isolated } from "../observers.ts";
import type { Detail, TracedMessage } from "./types.ts";

/** What the services of the local AWS tell about the messages that go through them. */
export interface Trace {
  /** A message has come: what is recorded with its trace header from now on is about it. */
  begin(
    traceHeader: string,
    message: Pick<TracedMessage, "eventType" | "connectionId" | "requestId">,
    detail: Detail,
  ): void;
  /** Without a header, or with one of a message that isn't known, nothing is recorded. */
  record(traceHeader: string | undefined, detail: Detail): void;
}

/** Records nothing. */
export const noTrace: Trace = { begin() {}, record() {} };

/** A trace that can neither end nor disturb the services that it follows. */
export const isolatedTrace = ({ begin, record }: Trace): Trace => ({
  begin: isolated(begin),
  record: isolated(record),
});
