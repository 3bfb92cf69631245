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
 * Our choice: messages of one connection that may wait for their function, or their answers for the
 * client, before no more are taken. Without it a client that never waits could fill the
 * memory, and keep all others waiting.
 */
export const MESSAGES_IN_FLIGHT = 64;

/** Our choice: bytes that may wait for a client to read before no more of its messages are taken. */
export const UNREAD_ANSWERS = 64 * 1024;

/**
 * Our choice: bytes that may wait for one client to read before `@connections` takes no more for it.
 * AWS has a limit as well, the "WebSocket client side buffer", but doesn't say how large it is.
 */
export const SEND_BUFFER = 1024 * 1024;
