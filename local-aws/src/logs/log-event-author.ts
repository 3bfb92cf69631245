/**
 * Who wrote an event: Lambda itself (`platform`), a function, API Gateway (`access-log`), or a client
 * of PutLogEvents. The text of an event never says so, for everybody can write the same text.
 */
export type LogEventAuthor = "platform" | "function" | "access-log" | "client";
