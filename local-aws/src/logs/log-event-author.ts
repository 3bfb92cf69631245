/**
 * The author of an event: Lambda itself (`platform`), a function, API Gateway (`access-log`), or a client
 * of PutLogEvents. The text of an event does not prove its author, because any client can write the same text.
 */
export type LogEventAuthor = "platform" | "function" | "access-log" | "client";
