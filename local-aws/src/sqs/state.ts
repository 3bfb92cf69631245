export interface SqsState {
  queues: Record<string, Queue>;
}

export interface Queue {
  QueueName: string;
  QueueArn: string;
  /** Every attribute that was set, as the string it was set to. */
  attributes: Record<string, string>;
  /** Seconds since the epoch. */
  CreatedTimestamp: number;
  LastModifiedTimestamp: number;
  tags: Record<string, string>;
}
