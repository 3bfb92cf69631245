import * as v from "valibot";
import type { Clock } from "../clock.ts";
import { EXECUTE_API_PATH } from "../execute-api-url.ts";
import type { Hooks } from "../hooks.ts";
import { userIdOf } from "../iam/user-id.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { PermissionCheck } from "../protocols/caller.ts";
import { defineOperation, type OperationContext, type Service } from "../protocols/operation.ts";
import { RawResponse, restJsonProtocol, type Route } from "../protocols/rest-json-protocol.ts";
import type { State } from "../state.ts";
import { traceHeaderOf } from "../trace-header.ts";
import type { AccessLog } from "./access-log.ts";
import type { Connection } from "./connection.ts";
import { commonLogTime } from "./events.ts";
import { newRequestId } from "./ids.ts";
import { MESSAGE_LIMIT } from "./limits.ts";
import type { PublishedStage, PublishedStages } from "./published-stages.ts";
import type { Throttling } from "./throttling.ts";

interface ManagementApi {
  state: State;
  clock: Clock;
  iam: { authorize: PermissionCheck };
  stages: PublishedStages;
  throttling: Throttling;
  accessLog: AccessLog;
  connections: ReadonlyMap<string, Connection>;
  hooks: Hooks;
}

/**
 * The API Gateway Management API, with which a backend accesses the connections of an API, through any
 * of its stages.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createManagementApi(options: ManagementApi): Service {
  const { hooks } = options;
  return restJsonProtocol({
    // Each operation checks the permission itself, because other errors come first.
    authorize: () => {},
    prefix: "execute-api",
    routes: [
      connectionRoute(options, {
        name: "PostToConnection",
        method: "POST",
        respond(connection, { Body }, { headers }) {
          if (Body.length > MESSAGE_LIMIT) return new RawResponse(413);
          // Invalid UTF-8 is replaced, because the client receives a text message.
          const text = Body.toString();
          if (!existing(connection).post(text)) throw limitExceeded();
          hooks.emit(traceHeaderOf(headers), { type: "frame-out", text });
          return new RawResponse(200, JSON_TYPE);
        },
      }),
      connectionRoute(options, {
        name: "GetConnection",
        method: "GET",
        respond: (connection) => new RawResponse(200, JSON_TYPE, describe(existing(connection))),
      }),
      connectionRoute(options, {
        name: "DeleteConnection",
        method: "DELETE",
        respond(connection) {
          existing(connection).close(1000, "Connection Closed Normally");
          return new RawResponse(204);
        },
      }),
    ],
    unknownRoute: () =>
      new AwsError(403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
    // Our choice, because there is no source: the code for a path with an invalid percent-encoding.
    errorCode: ({ code }) => (code === "SerializationException" ? "BadRequestException" : code),
    errorBody: ({ code, message }) =>
      // A 410 has no body. A denial has `Message` in place of `message`.
      message === ""
        ? undefined
        : { [code === "AccessDeniedException" ? "Message" : "message"]: message },
  });
}

const JSON_TYPE = { "Content-Type": "application/json" };

const connectionInput = v.strictObject({
  stagePath: v.string(),
  connectionId: v.string(),
  Body: v.instance(Buffer),
});

type ConnectionInput = v.InferOutput<typeof connectionInput>;

/**
 * Creates an operation on a connection. Each request to a stage that exists is a line of its access log.
 * @param definition.respond gets the connection if it is open and belongs to the API.
 */
function connectionRoute(
  { state, clock, iam, stages, throttling, accessLog, connections }: ManagementApi,
  definition: Pick<Route, "name" | "method"> & {
    respond(
      connection: Connection | undefined,
      input: ConnectionInput,
      context: OperationContext,
    ): RawResponse;
  },
): Route {
  const { name, method, respond } = definition;

  /** @throws {AwsError} */
  const operate = (
    published: PublishedStage,
    input: ConnectionInput,
    context: OperationContext,
  ) => {
    const { connectionId } = input;
    const { apiId, arn, ids } = published;
    if (!throttling.admitsCallback(published)) throw limitExceeded();
    // As captured on AWS: before the authorization, and only for an ID that was never a connection's.
    if (!ids.isConnectionId(connectionId))
      throw new AwsError(400, "BadRequestException", `Invalid connectionId: ${connectionId}`);
    // The resource that AWS checks has a placeholder in place of the ID.
    const resource = `${arn}/${method}/@connections/{connectionId}`;
    iam.authorize(context.caller, MANAGE_CONNECTIONS, resource);
    const connection = connections.get(connectionId);
    const isReachable = connection?.facts.apiId === apiId && connection.isOpen();
    return respond(isReachable ? connection : undefined, input, context);
  };

  const operation = defineOperation({
    action: MANAGE_CONNECTIONS,
    input: connectionInput,
    handle(input, context) {
      const address = stages.find(input.stagePath);
      const published = address?.stage.current();
      if (address === undefined || published === undefined)
        throw new AwsError(403, "ForbiddenException", "Forbidden");
      const { domainName = context.headers["host"] } = address;
      const { connectionId } = input;
      const facts = { connectionId, domainName, time: clock.now() };
      const logged = contextOf(state, method, context, published, facts);
      // As captured: each request has a separate line, without the latency of a function.
      const log = (status: number) =>
        accessLog.write(published, logged, { status, integrationLatency: 0 });
      const apiGatewayId = { "x-amz-apigw-id": logged.extendedRequestId };
      try {
        const { status, headers, body } = operate(published, input, context);
        log(status);
        return new RawResponse(status, { ...headers, ...apiGatewayId }, body);
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        log(error.status);
        throw new AwsError(error.status, error.code, error.message, error.members, apiGatewayId);
      }
    },
  });
  const path = `${EXECUTE_API_PATH}/{stagePath+}/@connections/{connectionId}`;
  return { name, method, path, body: "raw", operation };
}

const MANAGE_CONNECTIONS = "execute-api:ManageConnections";

/** @throws {AwsError} 410 GoneException. */
function existing(connection: Connection | undefined): Connection {
  if (connection === undefined) throw new AwsError(410, "GoneException", "");
  return connection;
}

/** @see https://docs.aws.amazon.com/apigatewaymanagementapi/latest/api-reference/ for when AWS returns it. */
const limitExceeded = () =>
  new AwsError(
    429,
    "LimitExceededException",
    // Our choice: the documented meaning of the error, because its text is unknown.
    "The client is sending more than the allowed number of requests per unit of time or the WebSocket client side buffer is full.",
  );

/**
 * The `$context` of the access log, as captured. Unlike other requests, it has the caller.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/rest_websocket_logs.json
 */
function contextOf(
  state: State,
  method: string,
  { requestId, headers, caller, sourceIp }: OperationContext,
  { apiId, stage }: PublishedStage,
  {
    connectionId,
    domainName,
    time,
  }: { connectionId: string; domainName: string | undefined; time: number },
) {
  const userId = userIdOf(state, caller);
  return {
    routeKey: `${method} /@connections/{connectionId}`,
    eventType: "CONNECTION_API",
    extendedRequestId: newRequestId(),
    requestTime: commonLogTime(time),
    stage: stage.stageName,
    requestTimeEpoch: time,
    identity: {
      caller: userId,
      user: userId,
      userArn: caller.arn,
      sourceIp,
      userAgent: headers["user-agent"],
    },
    requestId,
    domainName,
    connectionId,
    apiId,
  };
}

/** Returns the response of GetConnection, with the spacing of API Gateway. */
function describe({ facts, lastActiveAt }: Connection): string {
  const { sourceIp, userAgent } = facts.identity;
  const content = {
    identity: { sourceIp, userAgent },
    connectedAt: new Date(facts.connectedAt).toISOString(),
    lastActiveAt: new Date(lastActiveAt()).toISOString(),
  };
  return JSON.stringify(content, null, 2).replace(/(?<!\\)": /g, '" : ');
}
