import {
  ApiGatewayManagementApiServiceException,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { Management } from "./aws-clients.ts";
import { failure, type Progress, type Reply } from "./protocol.ts";

/** The outcome of a post. `gone`: the client had disconnected, which is not an error. */
export type Outcome = "delivered" | "gone" | "too large";

/**
 * Posts a reply to a connection. If API Gateway refuses it because it is over 128 KB, posts the error
 * frame `RESULT_TOO_LARGE` instead.
 * @throws any other error of the SDK, after its last attempt.
 */
export async function reply(
  client: Management,
  connectionId: string,
  frame: Reply,
): Promise<Outcome> {
  const outcome = await post(client, connectionId, frame);
  if (outcome !== "too large") return outcome;
  const tooLarge = failure(frame, "RESULT_TOO_LARGE", "The reply is over 128 KB.");
  return (await post(client, connectionId, tooLarge)) === "gone" ? "gone" : outcome;
}

/** Posts a frame to a connection. @throws any other error of the SDK, after its last attempt. */
export async function post(
  client: Management,
  connectionId: string,
  frame: Progress | Reply,
): Promise<Outcome> {
  const Data = JSON.stringify(frame);
  try {
    await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
    return "delivered";
  } catch (error) {
    const status = statusOf(error);
    if (status === 410) return "gone";
    if (status === 413) return "too large";
    throw error;
  }
}

/** Returns whether a client has disconnected. @throws any other error of the SDK, after its last attempt. */
export async function isGone(client: Management, connectionId: string): Promise<boolean> {
  try {
    await client.send(new GetConnectionCommand({ ConnectionId: connectionId }));
    return false;
  } catch (error) {
    if (statusOf(error) === 410) return true;
    throw error;
  }
}

/** Closes a connection if it is still open. @throws any other error of the SDK, after its last attempt. */
export async function disconnect(client: Management, connectionId: string): Promise<void> {
  try {
    await client.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
  } catch (error) {
    if (statusOf(error) !== 410) throw error;
  }
}

/**
 * Returns the HTTP status of an error. The error's class would not do: API Gateway's 413 has no error
 * type, and a 410 may have none.
 */
const statusOf = (error: unknown): number | undefined =>
  error instanceof ApiGatewayManagementApiServiceException
    ? error.$metadata.httpStatusCode
    : undefined;
