/**
 * The three events of a WebSocket API's Lambda proxy integration.
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
  /** What the authorizer said about the caller at `$connect`. */
  authorizer?: Record<string, string>;
}

/** What is new with each event. */
export interface Occasion {
  requestId: string;
  routeKey: string;
  /** Milliseconds since the epoch. */
  time: number;
}

export function connectEvent(facts: ConnectionFacts, occasion: Occasion, request: IncomingMessage) {
  return {
    ...headersOf(request, facts, occasion),
    ...queryOf(request.url ?? ""),
    ...stageVariablesOf(facts),
    requestContext: requestContext(facts, occasion, "CONNECT"),
    isBase64Encoded: false,
  };
}

export function messageEvent(
  facts: ConnectionFacts,
  occasion: Occasion,
  messageId: string,
  body: string,
) {
  const { routeKey, ...context } = requestContext(facts, occasion, "MESSAGE");
  return {
    requestContext: { routeKey, messageId, ...context },
    ...stageVariablesOf(facts),
    body,
    isBase64Encoded: false,
  };
}

export function disconnectEvent(
  facts: ConnectionFacts,
  occasion: Occasion,
  close: { code: number; reason: string },
) {
  const headers = {
    Host: facts.domainName,
    "x-api-key": "",
    "X-Forwarded-For": "",
    "x-restapi": "",
  };
  const { routeKey, eventType, ...context } = requestContext(facts, occasion, "DISCONNECT");
  return {
    headers,
    multiValueHeaders: multiValue(headers),
    ...stageVariablesOf(facts),
    requestContext: {
      routeKey,
      disconnectStatusCode: close.code,
      eventType,
      disconnectReason: close.reason,
      ...context,
    },
    isBase64Encoded: false,
  };
}

function requestContext(facts: ConnectionFacts, occasion: Occasion, eventType: string) {
  const { connectionId, apiId, stage, domainName, connectedAt, identity, authorizer } = facts;
  const { requestId, routeKey, time } = occasion;
  return {
    routeKey,
    ...(authorizer === undefined ? {} : { authorizer }),
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(time),
    messageDirection: "IN",
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

const stageVariablesOf = ({ stageVariables }: ConnectionFacts) =>
  stageVariables === undefined ? {} : { stageVariables };

const multiValue = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]));

/** `25/Sep/2026:00:03:04 +0000`, from `Fri, 25 Sep 2026 00:03:04 GMT`. */
export function commonLogTime(time: number): string {
  const [, day, month, year, clock] = new Date(time).toUTCString().split(" ");
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** API Gateway keeps the headers of the WebSocket handshake itself, but for these two. */
const HOP_BY_HOP = new Set(["connection", "upgrade"]);

function headersOf(request: IncomingMessage, facts: ConnectionFacts, occasion: Occasion) {
  const multiValueHeaders: Record<string, string[]> = {};
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    if (values !== undefined && !HOP_BY_HOP.has(name)) multiValueHeaders[titleCase(name)] = values;
  }
  const seconds = Math.floor(occasion.time / 1000).toString(16);
  multiValueHeaders["X-Amzn-Trace-Id"] = [`Root=1-${seconds}-${traceOf(occasion)}`];
  multiValueHeaders["X-Forwarded-For"] = [facts.identity.sourceIp];
  multiValueHeaders["X-Forwarded-Port"] = [String(request.socket.localPort)];
  multiValueHeaders["X-Forwarded-Proto"] = ["http"];
  return lastAndAll("headers", "multiValueHeaders", multiValueHeaders);
}

const traceOf = ({ requestId }: Occasion) =>
  Buffer.from(requestId, "base64url").toString("hex").padEnd(24, "0").slice(0, 24);

const titleCase = (name: string) =>
  name
    .replace(/(^|-)([a-z])/g, (_match, dash: string, letter: string) => dash + letter.toUpperCase())
    .replace("Websocket", "WebSocket");

function queryOf(url: string) {
  const query = new URLSearchParams(url.split("?", 2)[1] ?? "");
  const names = [...new Set(query.keys())];
  if (names.length === 0) return {};
  const all = Object.fromEntries(names.map((name) => [name, query.getAll(name)]));
  return lastAndAll("queryStringParameters", "multiValueQueryStringParameters", all);
}

/** Each name with its last value, and with all of them, sorted by name. */
function lastAndAll(last: string, all: string, values: Record<string, string[]>) {
  const sorted = Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return {
    [last]: Object.fromEntries(sorted.map(([name, list]) => [name, list.at(-1) ?? ""])),
    [all]: Object.fromEntries(sorted),
  };
}
