export interface SqsState {
  queues: Record<string, Queue>;
}

export interface Queue {
  QueueName: string;
  QueueArn: string;
  /** The attributes that were set, with their values as strings. */
  attributes: Record<string, string>;
  /** Seconds since the epoch. */
  CreatedTimestamp: number;
  LastModifiedTimestamp: number;
  tags: Record<string, string>;
}
