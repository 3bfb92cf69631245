import middy from "@middy/core";
import jsonBodyParser from "@middy/http-json-body-parser";
import * as v from "valibot";
import type { Management } from "../../shared/aws-clients.ts";
import { reply } from "../../shared/connection.ts";
import { describeIssue, PING, Request, success } from "../../shared/protocol.ts";
import type { MessageEvent, Response } from "./events.ts";
import type { ProcessorInvoker } from "./invoke-processor.ts";
import { enforceLimits } from "./limits.ts";
import { RejectedMessage } from "./rejected-message.ts";
import { replyToRejections } from "./reply-to-rejections.ts";
import { enforceTokenExpiry } from "./token-expiry.ts";

/**
 * The message pipeline: enforces the limits, parses, checks the token's expiry, validates the
 * envelope and invokes the processor. Replies to a rejected message with an error frame, and to `ping`
 * itself.
 */
export const createMessageHandler = (invokeProcessor: ProcessorInvoker, management: Management) =>
  middy<MessageEvent, Response>()
    .use(enforceLimits())
    // A message has no content type. The cast is needed because the parser is typed for HTTP events.
    .use(jsonBodyParser({ disableContentTypeCheck: true }) as middy.MiddlewareObj<MessageEvent>)
    .use(enforceTokenExpiry())
    .use(replyToRejections(management))
    .handler(async ({ requestContext, body }) => {
      const { connectionId, authorizer } = requestContext;
      const { action, data, requestId = requestContext.requestId } = parseRequest(body);
      if (action === PING) {
        await reply(management, connectionId, success({ action, requestId }, undefined));
        return { statusCode: 200 };
      }
      const subject = authorizer?.principalId;
      const claims = authorizer?.claims === undefined ? undefined : JSON.parse(authorizer.claims);
      await invokeProcessor({ connectionId, requestId, subject, claims, action, data });
      console.info({ event: "processor invoked", connectionId, requestId });
      return { statusCode: 200 };
    });

function parseRequest(body: unknown): Request {
  const parsed = v.safeParse(Request, body);
  if (parsed.success) return parsed.output;
  throw new RejectedMessage("INVALID_REQUEST", describeIssue(parsed.issues[0], "message"), body);
}
