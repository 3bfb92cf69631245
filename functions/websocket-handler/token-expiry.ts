import type middy from "@middy/core";
import { CLOCK_LEEWAY } from "../../shared/token.ts";
import type { MessageEvent } from "./events.ts";
import { RejectedMessage } from "./rejected-message.ts";

/**
 * Rejects the messages of a connection whose token has expired since the handshake. API Gateway invokes
 * the authorizer at the handshake only. Runs after the message is parsed, so that the error frame has
 * its `requestId`.
 */
export const enforceTokenExpiry = (): middy.MiddlewareObj<MessageEvent> => ({
  before: ({ event: { requestContext, body } }) => {
    const expiry = requestContext.authorizer?.exp;
    if (expiry === undefined || Date.now() / 1000 <= Number(expiry) + CLOCK_LEEWAY) return;
    const message = "The token has expired. Connect again with a new one.";
    throw new RejectedMessage("TOKEN_EXPIRED", message, body);
  },
});
