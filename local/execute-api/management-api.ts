import { AwsError } from "../http/aws-error.ts";
import type { AwsRequest, AwsResponse, Service } from "../http/operation.ts";
import type { Iam } from "../iam/index.ts";
import type { Connection } from "./connection.ts";
import type { PublishedApi } from "./published-apis.ts";

/** `/_aws/execute-api/{apiId}/{stage}/@connections/{connectionId}`, the last part percent-encoded. */
const PATH = /^\/_aws\/execute-api\/([^/]+)\/([^/]+)\/(?:@|%40)connections\/([^/]+)$/i;

/** Bytes. */
const MESSAGE_LIMIT = 128 * 1024;

/**
 * The API Gateway Management API, by which a back end reaches the connections of an API.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-how-to-call-websocket-api-connections.html
 */
export function createManagementApi(options: {
  iam: Iam;
  publishedApi(apiId: string): PublishedApi | undefined;
  connection(connectionId: string): Connection | undefined;
}): Service {
  const { iam, publishedApi, connection } = options;

  const operate = (request: AwsRequest): AwsResponse => {
    const [, apiId = "", stage = "", encodedId = ""] = PATH.exec(request.path) ?? [];
    const published = publishedApi(apiId);
    const connectionId = decodeURIComponent(encodedId);
    if (published === undefined || !Object.hasOwn(published.api.stages, stage))
      throw new AwsError(403, "ForbiddenException", "Forbidden");
    // As captured on AWS: before the authorization, and only for what never was a connection.
    if (!published.ids.isConnectionId(connectionId))
      throw new AwsError(400, "BadRequestException", `Invalid connectionId: ${connectionId}`);
    // The resource that AWS checks has a placeholder in place of the id.
    const resource = `${published.arn}/${stage}/${request.method}/@connections/{connectionId}`;
    iam.authorize(request.caller, "execute-api:ManageConnections", resource);

    const open = connection(connectionId);
    const here = open?.facts.apiId === apiId ? open : undefined;
    switch (request.method) {
      case "POST":
        if (request.body.length > MESSAGE_LIMIT) return { status: 413 };
        if (!here?.send(request.body.toString())) throw gone();
        return { status: 200, headers: { "Content-Type": "application/json" } };
      case "GET":
        if (here === undefined) throw gone();
        return {
          status: 200,
          headers: { "Content-Type": "application/json" },
          body: describe(here),
        };
      case "DELETE":
        if (here === undefined) throw gone();
        here.close(1000, "Connection Closed Normally");
        return { status: 204 };
      default:
        throw new AwsError(
          403,
          "MissingAuthenticationTokenException",
          "Missing Authentication Token",
        );
    }
  };

  return async (request) => {
    try {
      return operate(request);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return errorResponse(error);
    }
  };
}

const gone = () => new AwsError(410, "GoneException", "");

/** A 410 has no body; a denial writes `Message` where the other errors write `message`. */
function errorResponse({ status, code, message }: AwsError): AwsResponse {
  const headers = { "Content-Type": "application/json", "X-Amzn-ErrorType": code };
  if (message === "") return { status, headers };
  const member = code === "AccessDeniedException" ? "Message" : "message";
  return { status, headers, body: JSON.stringify({ [member]: message }) };
}

/** GetConnection's answer, in the spacing that API Gateway gives it. */
function describe({ facts, lastActiveAt }: Connection): string {
  const { sourceIp, userAgent } = facts.identity;
  const answer = {
    identity: { sourceIp, userAgent },
    connectedAt: new Date(facts.connectedAt).toISOString(),
    lastActiveAt: new Date(lastActiveAt()).toISOString(),
  };
  return JSON.stringify(answer, null, 2).replace(/(?<!\\)": /g, '" : ');
}
