import type { Clock } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { AwsRequest, AwsResponse, Service } from "../protocols/operation.ts";
import type { Iam } from "../iam/index.ts";
import type { AccessLog } from "./access-log.ts";
import type { Connection } from "./connection.ts";
import { commonLogTime } from "./events.ts";
import { newRequestId } from "./ids.ts";
import { MESSAGE_LIMIT } from "./limits.ts";
import type { FindStage, PublishedStage } from "./published-stages.ts";
import type { Throttling } from "./throttling.ts";

/** `/_aws/execute-api/{apiId}/{stage}/@connections/{connectionId}`, the last part percent-encoded. */
const PATH = /^\/_aws\/execute-api\/([^/]+)\/([^/]+)\/(?:@|%40)connections\/([^/]+)$/i;

/**
 * The API Gateway Management API, by which a back end reaches the connections of an API, through
 * any of its stages.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createManagementApi(options: {
  clock: Clock;
  iam: Iam;
  findStage: FindStage;
  throttling: Throttling;
  accessLog: AccessLog;
  connections: ReadonlyMap<string, Connection>;
}): Service {
  const { clock, iam, findStage, throttling, accessLog, connections } = options;

  /** @throws {AwsError} */
  const operate = (request: AwsRequest, published: PublishedStage, connectionId: string) => {
    const { api, arn, ids } = published;
    if (!throttling.admitsCallback(published)) throw limitExceeded();
    // As captured on AWS: before the authorization, and only for what never was a connection.
    if (!ids.isConnectionId(connectionId))
      throw new AwsError(400, "BadRequestException", `Invalid connectionId: ${connectionId}`);
    // The resource that AWS checks has a placeholder in place of the id.
    const resource = `${arn}/${request.method}/@connections/{connectionId}`;
    iam.authorize(request.caller, "execute-api:ManageConnections", resource);
    const connection = connections.get(connectionId);
    const isReachable = connection?.facts.apiId === api.apiId && connection.isOpen();
    return answer(request, isReachable ? connection : undefined);
  };

  return async (request) => {
    const [, apiId = "", stageName = ""] = PATH.exec(request.path) ?? [];
    const published = findStage(apiId, stageName);
    if (published === undefined)
      return errorResponse(new AwsError(403, "ForbiddenException", "Forbidden"));
    const connectionId = connectionIdIn(request.path);
    const context = contextOf(request, published, connectionId, clock.now());
    const response = catchErrors(() => operate(request, published, connectionId));
    // As captured: a line of its own, with no function's latency.
    accessLog.write(published, context, { status: response.status, integrationLatency: 0 });
    const headers = { ...response.headers, "x-amz-apigw-id": context.extendedRequestId };
    return { ...response, headers };
  };
}

/** @throws {AwsError} */
function answer(request: AwsRequest, connection: Connection | undefined): AwsResponse {
  const headers = { "Content-Type": "application/json" };
  if (!["POST", "GET", "DELETE"].includes(request.method))
    throw new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
  if (request.method === "POST" && request.body.length > MESSAGE_LIMIT) return { status: 413 };
  if (connection === undefined) throw gone();
  if (request.method === "GET") return { status: 200, headers, body: describe(connection) };
  if (request.method === "DELETE") {
    connection.close(1000, "Connection Closed Normally");
    return { status: 204 };
  }
  // Invalid UTF-8 is replaced, for the client gets a text message.
  if (!connection.post(request.body.toString())) throw limitExceeded();
  return { status: 200, headers };
}

const gone = () => new AwsError(410, "GoneException", "");

/** @see https://docs.aws.amazon.com/apigatewaymanagementapi/latest/api-reference/ for when AWS answers it. */
const limitExceeded = () =>
  new AwsError(
    429,
    "LimitExceededException",
    // Our choice: the documented meaning of the error, for want of its text.
    "The client is sending more than the allowed number of requests per unit of time or the WebSocket client side buffer is full.",
  );

function catchErrors(operate: () => AwsResponse): AwsResponse {
  try {
    return operate();
  } catch (error) {
    if (error instanceof AwsError) return errorResponse(error);
    throw error;
  }
}

/** A 410 has no body; a denial writes `Message` where the other errors write `message`. */
function errorResponse({ status, code, message }: AwsError): AwsResponse {
  const headers = { "Content-Type": "application/json", "X-Amzn-ErrorType": code };
  if (message === "") return { status, headers };
  const member = code === "AccessDeniedException" ? "Message" : "message";
  return { status, headers, body: JSON.stringify({ [member]: message }) };
}

/**
 * The connection id in a path of `@connections`. One that is not percent-encoded as it should be stays
 * as it is, and is no connection's.
 */
export function connectionIdIn(path: string): string {
  const encoded = PATH.exec(path)?.[3] ?? "";
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/**
 * The `$context` of the access log.
 *
 * Our choice: without the caller's address and ids, which AWS has as well.
 */
function contextOf(
  { method, requestId, headers, caller }: AwsRequest,
  { api, stage }: PublishedStage,
  connectionId: string,
  time: number,
) {
  return {
    routeKey: `${method} /@connections/{connectionId}`,
    eventType: "CONNECTION_API",
    extendedRequestId: newRequestId(),
    requestTime: commonLogTime(time),
    stage: stage.stageName,
    requestTimeEpoch: time,
    identity: { userAgent: headers["user-agent"], userArn: caller.arn },
    requestId,
    domainName: headers["host"],
    connectionId,
    apiId: api.apiId,
  };
}

/** GetConnection's answer, in the spacing that API Gateway gives it. */
function describe({ facts, lastActiveAt }: Connection): string {
  const { sourceIp, userAgent } = facts.identity;
  const content = {
    identity: { sourceIp, userAgent },
    connectedAt: new Date(facts.connectedAt).toISOString(),
    lastActiveAt: new Date(lastActiveAt()).toISOString(),
  };
  return JSON.stringify(content, null, 2).replace(/(?<!\\)": /g, '" : ');
}
