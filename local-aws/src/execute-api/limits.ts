/**
 * The limits of a WebSocket API. Quotas have AWS's default values and cannot be raised.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
import type { TokenRate } from "./token-buckets.ts";

/** Milliseconds. */
export const IDLE_LIMIT = 10 * 60_000;
export const LIFE_LIMIT = 2 * 3_600_000;

/** Bytes. */
export const FRAME_LIMIT = 32 * 1024;
export const MESSAGE_LIMIT = 128 * 1024;

/** Characters, of path and query string. */
export const URL_LIMIT = 4096;

/** New connections of all APIs of an account in a region. */
export const NEW_CONNECTIONS: TokenRate = { rate: 500, burst: 500 };

/** Connects, messages and `@connections` requests of all APIs of an account in a region. */
export const ACCOUNT_REQUESTS: TokenRate = { rate: 10_000, burst: 5_000 };

/**
 * Our choice: the maximum number of messages of one connection that are in progress. Further messages are
 * not read until then. Without this limit, a client that never waits could fill the memory and delay all
 * other clients.
 */
export const MESSAGES_IN_FLIGHT = 64;

/** Our choice: while more bytes wait for a client to read, its messages are not read. */
export const UNREAD_RESPONSES = 64 * 1024;

/**
 * Our choice: while more bytes wait for a client to read, `@connections` sends nothing to it. AWS has a
 * limit too, the "WebSocket client side buffer", but does not document its size.
 */
export const SEND_BUFFER = 1024 * 1024;
