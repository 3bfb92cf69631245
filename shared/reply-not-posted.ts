/** Begins each message, which Lambda keeps with the job in the dead-letter queue. */
const BEGINNING = "The action ran, but its reply could not be posted: ";

/** The failure of a job that must not simply run again, because its action has run to its end. */
export class ReplyNotPosted extends Error {
  override readonly name = "ReplyNotPosted";

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${BEGINNING}${reason}`, { cause });
  }
}

/** Whether the message of an error is that of a `ReplyNotPosted`. */
export const isReplyNotPosted = (errorMessage: string): boolean =>
  errorMessage.startsWith(BEGINNING);
