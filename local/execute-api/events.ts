/**
 * The three events of a WebSocket API's Lambda proxy integration. Members that are `undefined` are
 * left out of the JSON, and their order is the one that AWS sends them in.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-integration-requests.html
 */
import type { IncomingMessage } from "node:http";

/** What every event of a connection says about it. */
export interface ConnectionFacts {
  connectionId: string;
  apiId: string;
  stage: string;
  domainName: string;
  /** Milliseconds since the epoch. */
  connectedAt: number;
  identity: { userAgent?: string; sourceIp: string };
  stageVariables?: Record<string, string>;
  /** What the authorizer said about the caller at `$connect`, for as long as the connection lasts. */
  authorizer?: Record<string, string | number>;
}

/** What is new with each event. */
export interface Occasion {
  eventType: "CONNECT" | "MESSAGE" | "DISCONNECT";
  requestId: string;
  /** Undefined: no route takes the message. */
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
    authorizer,
    messageId,
    disconnectStatusCode: close?.code,
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
  const headers = headersOf(request, context);
  const query = queryOf(request.url ?? "");
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
 * What a REQUEST authorizer gets. Unlike the event of `$connect` it names `Connection` and `Upgrade`.
 *
 * Our choice, for want of a capture: without a query string its two members are empty objects, as the
 * stage variables are in AWS's example.
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
    headers: lastOf(headers.toSorted(byName)),
    multiValueHeaders: allOf(headers.toSorted(byName)),
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

/** What API Gateway leaves out of the headers, or writes itself. */
const OWN_HEADERS = new Set([
  "connection",
  "upgrade",
  "x-amzn-trace-id",
  "x-forwarded-for",
  "x-forwarded-port",
  "x-forwarded-proto",
]);

function headersOf(request: IncomingMessage, context: RequestContext): Values {
  const sent: Values = Object.entries(request.headersDistinct)
    .filter(([name]) => !OWN_HEADERS.has(name))
    .map(([name, values = []]) => [titleCase(name), values]);
  const added: Values = [
    ["X-Amzn-Trace-Id", [traceOf(context)]],
    ["X-Forwarded-For", [context.identity.sourceIp]],
    ["X-Forwarded-Port", [String(request.socket.localPort)]],
    ["X-Forwarded-Proto", ["http"]],
  ];
  return [...sent, ...added].toSorted(byName);
}

/** The trace header of an event, by which everything that comes of it can be told. */
export function traceOf({
  requestId,
  requestTimeEpoch,
}: Pick<RequestContext, "requestId" | "requestTimeEpoch">): string {
  const seconds = Math.floor(requestTimeEpoch / 1000).toString(16);
  const id = Buffer.from(requestId, "base64url").toString("hex").padEnd(24, "0").slice(0, 24);
  return `Root=1-${seconds}-${id}`;
}

const titleCase = (name: string) =>
  name
    .replace(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase())
    .replace("Websocket", "WebSocket");

/** The parameters in order of their names; undefined where there are none. */
export function queryOf(url: string): Values | undefined {
  const start = url.indexOf("?");
  const query = new URLSearchParams(start === -1 ? "" : url.slice(start));
  const names = [...new Set(query.keys())];
  if (names.length === 0) return undefined;
  return names.map((name): Values[number] => [name, query.getAll(name)]).toSorted(byName);
}
