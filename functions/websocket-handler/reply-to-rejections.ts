import type middy from "@middy/core";
import type { Management } from "../../shared/aws-clients.ts";
import { disconnect, reply } from "../../shared/connection.ts";
import { failure, identify } from "../../shared/protocol.ts";
import type { MessageEvent, Response } from "./events.ts";
import { asRejection } from "./rejected-message.ts";

/**
 * Sends an error frame for each rejected message, and closes a connection whose token has expired. For
 * any other error, the function fails, and API Gateway sends its own error to the client.
 */
export function replyToRejections(
  management: Management,
): middy.MiddlewareObj<MessageEvent, Response> {
  return {
    onError: async (request) => {
      const { event } = request;
      const rejection = asRejection(request.error, event.body);
      if (rejection === undefined) return undefined;
      // If the reply fails, middy logs that error together with `request.error`. The parser's own error
      // contains the whole message, which must not be logged.
      request.error = rejection;

      const { connectionId } = event.requestContext;
      const { action, requestId: own } = identify(rejection.received);
      const requestId = own ?? event.requestContext.requestId;
      const { code, message, cause } = rejection;

      const frame = failure({ action, requestId }, code, message);
      const outcome = await reply(management, connectionId, frame);
      if (code === "TOKEN_EXPIRED") await disconnect(management, connectionId);

      const line = { event: "message rejected", connectionId, requestId, code, outcome };
      if (code === "UNAVAILABLE") console.error({ ...line, error: cause });
      else console.info(line);
      return { statusCode: 200 };
    },
  };
}
