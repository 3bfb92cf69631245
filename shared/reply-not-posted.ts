/** The start of each message. Lambda stores the message with the job in the dead-letter queue. */
const PREFIX = "The action ran, but its reply could not be posted: ";

/** The failure of a job whose action completed. To run the job again would run the action twice. */
export class ReplyNotPosted extends Error {
  override readonly name = "ReplyNotPosted";

  constructor(cause: unknown) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(`${PREFIX}${reason}`, { cause });
  }
}

/** Returns whether the message of an error is that of a `ReplyNotPosted`. */
export const isReplyNotPosted = (errorMessage: string): boolean => errorMessage.startsWith(PREFIX);
