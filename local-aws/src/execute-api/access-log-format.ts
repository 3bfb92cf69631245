import { contextVariable } from "./context-variable.ts";

/**
 * The `$context` variables that have a value in the access log of a WebSocket API. Captures of AWS
 * have `-` for all others, also for the documented `$context.integration.*`: the latency of the
 * function is in `$context.integrationLatency`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
 */
const VARIABLES = new Set([
  "apiId",
  "connectedAt",
  "connectionId",
  "domainName",
  "error.message",
  "error.messageString",
  "error.responseType",
  "eventType",
  "extendedRequestId",
  "identity.caller",
  "identity.sourceIp",
  "identity.user",
  "identity.userAgent",
  "identity.userArn",
  "integrationLatency",
  "messageId",
  "requestId",
  "requestTime",
  "requestTimeEpoch",
  "routeKey",
  "stage",
  "status",
]);

const REFERENCE = /\$(?:context\.(\w+(?:\.\w+)*)|\{context\.([\w.-]+)\})/g;

/** Writes the line about a request. */
export type AccessLogFormat = (context: object) => string;

/**
 * Reads the format of an access log.
 *
 * Our choice, because there is no source: values are escaped as in a JSON text, which nearly every format
 * is, so that no client can break a line or forge a member of it by its `User-Agent`.
 * @param format text with `$context.variable` or `${context.variable}` in it.
 */
export function parseAccessLogFormat(format: string): AccessLogFormat {
  const parts: ((context: object) => string)[] = [];
  let end = 0;
  for (const { 0: reference, 1: plain, 2: braced, index } of format.matchAll(REFERENCE)) {
    const text = format.slice(end, index);
    parts.push(() => text, variable(plain ?? braced ?? ""));
    end = index + reference.length;
  }
  const rest = format.slice(end);
  return (context) => parts.map((part) => part(context)).join("") + rest;
}

function variable(name: string): (context: object) => string {
  if (!VARIABLES.has(name) && !name.startsWith("authorizer.")) return () => "-";
  if (name === "error.messageString")
    return (context) => quoted(contextVariable(context, ERROR_MESSAGE));
  const path = name.split(".");
  return (context) => escaped(contextVariable(context, path));
}

const ERROR_MESSAGE = ["error", "message"] as const;

const quoted = (value: string | undefined) => (value === undefined ? "-" : JSON.stringify(value));

const escaped = (value: string | undefined) =>
  value === undefined ? "-" : JSON.stringify(value).slice(1, -1);
