import {
  ApiGatewayManagementApiServiceException,
  PostToConnectionCommand,
} from "@aws-sdk/client-apigatewaymanagementapi";
import type { Management } from "./aws-clients.ts";
import { failure, type Reply } from "./protocol.ts";

/** The outcome of a reply. `gone`: the client disconnected first, which is not an error. */
export type Outcome = "delivered" | "gone" | "too large";

/**
 * Posts a reply to a connection. If API Gateway refuses it because it is over 128 KB, posts the error
 * frame `RESULT_TOO_LARGE` instead.
 * @throws every other error of the SDK, after its last attempt.
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

async function post(client: Management, connectionId: string, frame: Reply): Promise<Outcome> {
  try {
    await client.send(
      new PostToConnectionCommand({ ConnectionId: connectionId, Data: JSON.stringify(frame) }),
    );
    return "delivered";
  } catch (error) {
    // By status, not by class: API Gateway's 413 carries no error type, and neither may a 410.
    if (!(error instanceof ApiGatewayManagementApiServiceException)) throw error;
    if (error.$metadata.httpStatusCode === 410) return "gone";
    if (error.$metadata.httpStatusCode === 413) return "too large";
    throw error;
  }
}
