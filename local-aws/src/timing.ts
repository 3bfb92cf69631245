/**
 * How long AWS still works on a change after it has accepted it, in milliseconds. The captures of
 * September and October 2026 give only bounds, because they sent a request every few seconds.
 * @see https://github.com/radkawar/stackd/tree/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/lambda
 */
export interface Timing {
  /**
   * A function that was created is `Pending`, and the update of one is `InProgress`. On AWS: `Pending` 0.5 s
   * after the creation, `Active` 2.6 to 3.2 s after it (`architectures.json`, `event_config_timing.json`,
   * `function_tags.json`).
   */
  functionChange: number;
  /**
   * The retries, the event age and the destinations of a function. On AWS: an event accepted 2 s after the
   * retries were set to none was run again 67 s later, events accepted after 152 s were not
   * (`event_config_timing.json`).
   */
  eventInvokeConfig: number;
  /**
   * The dead-letter queue of a function. On AWS: an event accepted some 35 s after a change still went to
   * the old queue, one accepted some 70 s after it to the new one (`dlq_ownership_20261001_summary.json`).
   */
  deadLetterConfig: number;
  /**
   * The name of a deleted queue, before a queue can be created with it.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
   */
  deletedQueueName: number;
}

/**
 * - `aws`: the times of AWS.
 * - `short`: the response says that a change is in progress, and the next request finds it complete.
 */
export type TimingName = "short" | "aws";

const TIMINGS: Readonly<Record<TimingName, Timing>> = {
  short: { functionChange: 0, eventInvokeConfig: 0, deadLetterConfig: 0, deletedQueueName: 1000 },
  aws: {
    functionChange: 2500,
    eventInvokeConfig: 60_000,
    deadLetterConfig: 60_000,
    deletedQueueName: 60_000,
  },
};

/** @throws {Error} if there is no such timing. */
export function timingNamed(name: string): Timing {
  if (name === "short" || name === "aws") return TIMINGS[name];
  throw new Error(`The option timing must be "short" or "aws", not "${name}".`);
}
