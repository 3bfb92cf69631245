/**
 * AWS's default quotas, per account and region. Those of API Gateway and of Lambda's scaling were
 * read in copies of AWS's current pages in November 2026; where it is otherwise, it says so.
 */

/**
 * Requests a second to all HTTP, REST and WebSocket APIs and to `@connections`, and how many of
 * them at once. 2,500 and 1,250 in some newer regions.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const ACCOUNT_RATE = 10_000;
export const ACCOUNT_BURST = 5000;

/**
 * New connections a second to all WebSocket APIs. AWS names no burst; the model takes one second's.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
 */
export const NEW_CONNECTIONS = 500;

/** Minutes that a connection may last, and that it may be idle. Neither can be raised. */
export const CONNECTION_MINUTES = 120;
export const IDLE_MINUTES = 10;

/** Bytes of a message in either direction. Can't be raised. */
export const MESSAGE_BYTES = 128 * 1024;

/**
 * Invocations at a time of all functions. New accounts have fewer.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const CONCURRENCY = 1000;

/**
 * Synchronous invocations a second for each unit of concurrency. AWS's text of 2020 gives the same
 * for asynchronous ones that come from no AWS service, as the websocket-handler's.
 */
export const INVOCATIONS_PER_CONCURRENCY = 10;

/**
 * Execution environments that each function may gain in ten seconds.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html
 */
export const NEW_ENVIRONMENTS = 1000;
export const NEW_ENVIRONMENTS_SECONDS = 10;

/**
 * PutLogEvents requests a second. Not verified: AWS's text of 2019 says 1,500 in us-east-1; it has
 * been raised since and can be raised on request.
 */
export const PUT_LOG_EVENTS = 5000;

/** Records and bytes a second that a shard of Kinesis takes. */
export const SHARD_RECORDS = 1000;
export const SHARD_BYTES = 1e6;
