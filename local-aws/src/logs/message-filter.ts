/** Whether a filter pattern matches the message of a log event. */
export type MessageFilter = (message: string) => boolean;
