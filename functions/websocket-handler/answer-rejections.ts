import type middy from "@middy/core";
import type { Management } from "../../shared/aws-clients.ts";
import { disconnect, reply } from "../../shared/connection.ts";
import { failure, identify } from "../../shared/protocol.ts";
import type { MessageEvent, Response } from "./events.ts";
import { asRejection } from "./rejected-message.ts";

/**
 * Turns every rejected message into an error frame at its sender, and closes a connection whose token has
 * expired. Any other error stays one: the function fails, and API Gateway tells the client.
 */
export function answerRejections(
  management: Management,
): middy.MiddlewareObj<MessageEvent, Response> {
  return {
    onError: async (request) => {
      const { event } = request;
      const rejection = asRejection(request.error, event.body);
      if (rejection === undefined) return undefined;
      // Where the answer fails as well, that error is logged with this one as its cause; the parser's
      // own holds the whole message.
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
