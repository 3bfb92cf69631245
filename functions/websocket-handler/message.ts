import middy from "@middy/core";
import jsonBodyParser from "@middy/http-json-body-parser";
import * as v from "valibot";
import type { Management } from "../../shared/aws-clients.ts";
import { describeIssue, Request } from "../../shared/protocol.ts";
import { answerRejections } from "./answer-rejections.ts";
import type { MessageEvent, Response } from "./events.ts";
import type { HandOver } from "./hand-over.ts";
import { enforceLimits } from "./limits.ts";
import { RejectedMessage } from "./rejected-message.ts";

/** The way of a message: weigh, parse, check the envelope, hand over. A rejection on the way is answered. */
export const createMessageHandler = (handOver: HandOver, management: Management) =>
  middy<MessageEvent, Response>()
    .use(enforceLimits())
    // A message has no content type to check. The parser's types know only HTTP events.
    .use(jsonBodyParser({ disableContentTypeCheck: true }) as middy.MiddlewareObj<MessageEvent>)
    .use(answerRejections(management))
    .handler(async ({ requestContext, body }) => {
      const { connectionId, authorizer } = requestContext;
      const { action, data, requestId = requestContext.requestId } = parseRequest(body);
      await handOver({ connectionId, requestId, subject: authorizer?.principalId, action, data });
      console.info({ event: "job handed over", connectionId, requestId });
      return { statusCode: 200 };
    });

function parseRequest(body: unknown): Request {
  const parsed = v.safeParse(Request, body);
  if (parsed.success) return parsed.output;
  throw new RejectedMessage("INVALID_REQUEST", describeIssue(parsed.issues[0], "message"), body);
}
