/**
 * The time from the acceptance of a change until it is complete, in milliseconds. The recordings of AWS
 * from September and October 2026 only give bounds, because they have a request every few seconds.
 * @see https://github.com/radkawar/stackd/tree/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/lambda
 */
export interface Timing {
  /**
   * The time for which a new function is `Pending`, and an update is `InProgress`. On AWS, a function was
   * `Pending` 0.5 s after its creation, and `Active` after 2.6 to 3.2 s (`architectures.json`,
   * `event_config_timing.json`, `function_tags.json`).
   */
  functionChange: number;
  /**
   * The delay of the retries, the event age and the destinations of a function. On AWS, an event accepted
   * 2 s after retries were turned off was retried 67 s later. Events accepted after 152 s were not
   * retried (`event_config_timing.json`).
   */
  eventInvokeConfig: number;
  /**
   * The delay of the dead-letter queue of a function. On AWS, an event accepted about 35 s after a change
   * still went to the old queue, and one accepted after about 70 s went to the new one
   * (`dlq_ownership_20261001_summary.json`).
   */
  deadLetterConfig: number;
  /**
   * The time before a queue can be created with the name of a deleted one.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
   */
  deletedQueueName: number;
}

/**
 * - `aws`: the times of AWS.
 * - `short`: a change is in progress in the response, and complete at the next request.
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

/**
 * Returns the timing with a name.
 * @throws {Error} if it does not exist.
 */
export function timingNamed(name: string): Timing {
  if (name === "short" || name === "aws") return TIMINGS[name];
  throw new Error(`The option timing must be "short" or "aws", not "${name}".`);
}
