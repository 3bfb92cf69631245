import type { IncomingMessage } from "node:http";
import type { AccessLog } from "./access-log.ts";
import {
  connectEvent,
  type ConnectionFacts,
  type RequestContext,
  requestContext,
} from "./events.ts";
import { newRequestId } from "./ids.ts";
import type { Integrate } from "./integration.ts";
import {
  fault,
  faultText,
  FUNCTION_FAILED,
  NOT_IMPLEMENTED,
  type Outcome,
  TOO_MANY_REQUESTS,
} from "./outcome.ts";
import type { PublishedStage } from "./published-stages.ts";
import { routeWithKey } from "./route-selection.ts";
import type { Throttling } from "./throttling.ts";

/** Whether a client may connect. */
export type Admission =
  | { admitted: true; subprotocol: string | undefined }
  | { admitted: false; status: number; requestId: string; body: string };

export type Connect = (
  published: PublishedStage,
  facts: ConnectionFacts,
  request: IncomingMessage,
) => Promise<Admission>;

/** Asks `$connect` about a client; an API without that route takes everybody. */
export function createConnect(options: {
  throttling: Throttling;
  integrate: Integrate;
  accessLog: AccessLog;
}): Connect {
  const { throttling, integrate, accessLog } = options;

  const run = async (published: PublishedStage, event: () => object): Promise<Outcome> => {
    const route = routeWithKey(published.api, "$connect");
    if (!throttling.admitsConnection(published)) return fault(TOO_MANY_REQUESTS);
    if (route === undefined) return { status: 200 };
    // A Lambda authorizer has its place here: before the function, whose event it adds to.
    if (route.authorizationType !== "NONE") return fault(NOT_IMPLEMENTED);
    const outcome = await integrate(published, route, event());
    const isUsable = outcome.fault !== undefined || outcome.response !== undefined;
    return isUsable ? outcome : { ...outcome, ...fault(FUNCTION_FAILED) };
  };

  return async (published, facts, request) => {
    const context = requestContext(facts, {
      eventType: "CONNECT",
      requestId: newRequestId(),
      routeKey: "$connect",
      time: facts.connectedAt,
    });
    const outcome = await run(published, () => connectEvent(facts, context, request));
    accessLog.write(published, context, outcome);
    return admission(outcome, context);
  };
}

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html */
function admission(outcome: Outcome, context: RequestContext): Admission {
  const { status, response } = outcome;
  if (status < 300)
    return { admitted: true, subprotocol: response && subprotocolOf(response.headers ?? {}) };
  const body =
    outcome.fault === undefined ? (response?.body ?? "") : faultText(outcome.fault, context);
  return { admitted: false, status, requestId: context.requestId, body };
}

function subprotocolOf(headers: Record<string, unknown>): string | undefined {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === "sec-websocket-protocol");
  const value = name && headers[name];
  return typeof value === "string" ? value : undefined;
}
