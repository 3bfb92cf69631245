/** An event of an asynchronous invocation that has failed permanently. */
export interface DeadLetter {
  id: string;
  /** The name of the queue. */
  queue: string;
  /** Milliseconds since the epoch. */
  sentAt: number;
  /** Lambda's error message. */
  error: string;
  body: string;
}
