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
  "identity.sourceIp",
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

/**
 * A line of an access log.
 *
 * Our choice, for want of a source: values are escaped as in a JSON text, which nearly every format
 * is, so that no client can break a line or forge a member of it by its `User-Agent`.
 * @param format text with `$context.variable` or `${context.variable}` in it.
 */
export function renderAccessLog(format: string, context: object): string {
  return format.replaceAll(REFERENCE, (_reference, plain?: string, braced?: string) => {
    const name = plain ?? braced ?? "";
    if (!VARIABLES.has(name) && !name.startsWith("authorizer.")) return "-";
    return name === "error.messageString"
      ? quoted(contextVariable(context, "error.message"))
      : escaped(contextVariable(context, name));
  });
}

const quoted = (value: string | undefined) => (value === undefined ? "-" : JSON.stringify(value));

const escaped = (value: string | undefined) =>
  value === undefined ? "-" : JSON.stringify(value).slice(1, -1);
