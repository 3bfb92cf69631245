/** An event of an asynchronous invocation that failed for good. */
export interface DeadLetter {
  id: string;
  /** The name of the queue. */
  queue: string;
  /** Milliseconds since the epoch. */
  sentAt: number;
  /** Lambda's message of the error. */
  error: string;
  body: string;
}
