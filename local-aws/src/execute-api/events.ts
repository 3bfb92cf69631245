/**
 * The three events of a WebSocket API's Lambda proxy integration. Members that are `undefined` are
 * left out of the JSON, and their order is the one that AWS sends them in.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
import type { IncomingMessage } from "node:http";

/** The facts about a connection in all its events. */
export interface ConnectionFacts {
  connectionId: string;
  apiId: string;
  stage: string;
  domainName: string;
  /** Milliseconds since the epoch. */
  connectedAt: number;
  identity: { userAgent?: string; sourceIp: string };
  stageVariables?: Record<string, string>;
  /** The result of the authorizer at `$connect`. */
  authorizer?: Record<string, string | number>;
}

/** The facts about one event. */
export interface Occasion {
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  requestId: string;
  /** Undefined: no route matches the message. */
  routeKey: string | undefined;
  /** Milliseconds since the epoch. */
  time: number;
  messageId?: string;
  close?: Close;
}

/** How a connection ended. */
export interface Close {
  code: number;
  reason: string;
}

/** The `requestContext` of an event, which the access log calls `$context`. */
export type RequestContext = ReturnType<typeof requestContext>;

export function requestContext(facts: ConnectionFacts, occasion: Occasion) {
  const { connectionId, apiId, stage, domainName, connectedAt, identity, authorizer } = facts;
  const { eventType, requestId, routeKey, time, messageId, close } = occasion;
  return {
    routeKey,
    disconnectStatusCode: close?.code,
    authorizer,
    messageId,
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(time),
    messageDirection: "IN",
    disconnectReason: close?.reason,
    stage,
    connectedAt,
    requestTimeEpoch: time,
    identity,
    requestId,
    domainName,
    connectionId,
    apiId,
  };
}

export function connectEvent(
  { stageVariables }: ConnectionFacts,
  context: RequestContext,
  request: IncomingMessage,
) {
  const headers = headersOf(request, context).map(withKnownName);
  const query = queryOf(request.url ?? "")?.toSorted(byName);
  return {
    headers: lastOf(headers),
    multiValueHeaders: allOf(headers),
    queryStringParameters: query && lastOf(query),
    multiValueQueryStringParameters: query && allOf(query),
    stageVariables,
    requestContext: context,
    isBase64Encoded: false,
  };
}

/**
 * Returns the event of a REQUEST authorizer. Unlike the event of `$connect`, it names `Connection` and `Upgrade`,
 * has the query parameters in the order in which the client sent them, and has empty objects if there
 * are no parameters or stage variables, as captured.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/websocket_lambda_authorizers.json
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
 */
export function authorizerEvent(
  { stageVariables = {} }: ConnectionFacts,
  context: RequestContext,
  request: IncomingMessage,
  methodArn: string,
) {
  const headers: Values = [
    ...headersOf(request, context),
    ["Connection", ["upgrade"]],
    ["Upgrade", ["websocket"]],
    ["content-length", ["0"]],
  ];
  const query = queryOf(request.url ?? "") ?? [];
  return {
    type: "REQUEST",
    methodArn,
    headers: lastOf(headers.toSorted(byHeaderName)),
    multiValueHeaders: allOf(headers.toSorted(byHeaderName)),
    queryStringParameters: lastOf(query),
    multiValueQueryStringParameters: allOf(query),
    stageVariables,
    requestContext: context,
  };
}

export function messageEvent(
  { stageVariables }: ConnectionFacts,
  context: RequestContext,
  body: string,
) {
  return { requestContext: context, stageVariables, body, isBase64Encoded: false };
}

export function disconnectEvent(
  { domainName, stageVariables }: ConnectionFacts,
  context: RequestContext,
) {
  const headers: Values = [
    ["Host", [domainName]],
    ["x-api-key", [""]],
    ["X-Forwarded-For", [""]],
    ["x-restapi", [""]],
  ];
  return {
    headers: lastOf(headers),
    multiValueHeaders: allOf(headers),
    stageVariables,
    requestContext: context,
    isBase64Encoded: false,
  };
}

/** `25/Sep/2026:00:03:04 +0000`, from `Fri, 25 Sep 2026 00:03:04 GMT`. */
export function commonLogTime(time: number): string {
  const [, day, month, year, clock] = new Date(time).toUTCString().split(" ");
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** Names with all their values. */
export type Values = [name: string, values: string[]][];

const lastOf = (values: Values) =>
  Object.fromEntries(values.map(([name, list]) => [name, list.at(-1) ?? ""]));

const allOf = (values: Values) => Object.fromEntries(values);

const byName = ([a]: Values[number], [b]: Values[number]) => (a < b ? -1 : 1);

const byHeaderName = ([a]: Values[number], [b]: Values[number]) =>
  a.toLowerCase() < b.toLowerCase() ? -1 : 1;

/** The headers that API Gateway leaves out, or writes itself. */
const OWN_HEADERS = new Set([
  "connection",
  "host",
  "upgrade",
  "x-amzn-trace-id",
  "x-forwarded-for",
  "x-forwarded-port",
  "x-forwarded-proto",
]);

function headersOf({ rawHeaders, socket }: IncomingMessage, context: RequestContext): Values {
  const added: Values = [
    ["Host", [context.domainName]],
    ["X-Amzn-Trace-Id", [traceOf(context)]],
    ["X-Forwarded-For", [context.identity.sourceIp]],
    ["X-Forwarded-Port", [String(socket.localPort)]],
    ["X-Forwarded-Proto", ["http"]],
  ];
  return [...headersSent(rawHeaders), ...added].toSorted(byHeaderName);
}

/**
 * Returns the headers with their names as the client wrote them: a capture of AWS has `aUtHoRiZaTiOn` in
 * the event of an authorizer. If a name has several spellings, the first one has all values.
 * @param rawHeaders names and values in turn, as Node.js gives them.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/websocket_lambda_authorizers.json
 */
function headersSent(rawHeaders: readonly string[]): Values {
  const headers = new Map<string, Values[number]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    const key = name.toLowerCase();
    if (OWN_HEADERS.has(key)) continue;
    const known = headers.get(key);
    if (known === undefined) headers.set(key, [name, [value]]);
    else known[1].push(value);
  }
  return [...headers.values()];
}

/**
 * In the same capture, the event of `$connect` has `Authorization`.
 *
 * Our choice, because there is no capture of any other name: it is the only one that is changed.
 */
const withKnownName = ([name, values]: Values[number]): Values[number] =>
  name.toLowerCase() === "authorization" ? ["Authorization", values] : [name, values];

/** Returns the trace header of an event. All invocations and requests that result from it have it. */
export function traceOf({
  requestId,
  requestTimeEpoch,
}: Pick<RequestContext, "requestId" | "requestTimeEpoch">): string {
  const seconds = Math.floor(requestTimeEpoch / 1000).toString(16);
  const id = Buffer.from(requestId, "base64url").toString("hex").padEnd(24, "0").slice(0, 24);
  return `Root=1-${seconds}-${id}`;
}

/** Returns the parameters in the order of the query string, or undefined if there are none. */
export function queryOf(url: string): Values | undefined {
  const start = url.indexOf("?");
  const query = new URLSearchParams(start === -1 ? "" : url.slice(start));
  const names = [...new Set(query.keys())];
  if (names.length === 0) return undefined;
  return names.map((name): Values[number] => [name, query.getAll(name)]);
}
