import type { IncomingMessage } from "node:http";
import type { AccessLog } from "./access-log.ts";
import type { Authorization, RouteAuthorizer } from "./authorize.ts";
import {
  connectEvent,
  type ConnectionFacts,
  type RequestContext,
  requestContext,
  traceOf,
} from "./events.ts";
import { gatewayRefusal, isToken, type Refusal } from "./handshake.ts";
import { newRequestId } from "./ids.ts";
import type { Integrator } from "./integration.ts";
import {
  errorText,
  failed,
  FUNCTION_FAILED,
  handled,
  type Outcome,
  TOO_MANY_REQUESTS,
} from "./outcome.ts";
import type { PublishedStage } from "./published-stages.ts";
import { routeWithKey } from "./route-selection.ts";
import type { Throttling } from "./throttling.ts";
import type { Hooks } from "../hooks.ts";

/** Whether a client may connect. */
export type Admission =
  | { admitted: true; facts: ConnectionFacts; subprotocol: string | undefined }
  | { admitted: false; refusal: Refusal };

export type ConnectHandler = (
  published: PublishedStage,
  facts: ConnectionFacts,
  request: IncomingMessage,
) => Promise<Admission>;

/** Runs the authorizer, then `$connect`. An API without this route admits every client. */
export function createConnectHandler(options: {
  throttling: Throttling;
  authorize: RouteAuthorizer;
  integrate: Integrator;
  accessLog: AccessLog;
  hooks: Hooks;
}): ConnectHandler {
  const { throttling, authorize, integrate, accessLog, hooks } = options;

  const run = async (
    published: PublishedStage,
    facts: ConnectionFacts,
    context: RequestContext,
    request: IncomingMessage,
  ): Promise<{ facts: ConnectionFacts; context: RequestContext; outcome: Outcome }> => {
    const route = routeWithKey(published.api, "$connect");
    const traceHeader = traceOf(context);
    if (!throttling.admitsConnection(published)) {
      hooks.emit(traceHeader, { type: "throttled" });
      return { facts, context, outcome: failed(TOO_MANY_REQUESTS) };
    }
    if (route === undefined) return { facts, context, outcome: { status: 200 } };
    hooks.emit(traceHeader, { type: "route", routeKey: route.routeKey });
    const decision = await authorize(published, route, { facts, context, request });
    if (!decision.admitted) return { facts, context, outcome: failed(decision.error) };

    const { authorization } = decision;
    const known = authorization ? { ...facts, authorizer: authorization.authorizer } : facts;
    const authorized = authorization
      ? { ...context, authorizer: inConnect(authorization) }
      : context;
    const event = connectEvent(known, authorized, request);
    const outcome = await integrate(published, route, event, traceHeader);
    const isUsable = outcome.error !== undefined || outcome.response !== undefined;
    return {
      facts: known,
      context: authorized,
      outcome: isUsable ? outcome : { ...outcome, ...failed(FUNCTION_FAILED) },
    };
  };

  return async (published, newcomer, request) => {
    const requestId = newRequestId();
    const early = contextOf(newcomer, requestId);
    const traceHeader = traceOf(early);
    hooks.emit(traceHeader, { type: "handshake", context: early });
    const { facts, context, outcome } = await run(published, newcomer, early, request);
    accessLog.write(published, context, outcome);
    const admitted = admission(outcome, facts, context);
    if (admitted.admitted) hooks.emit(traceHeader, { type: "open" });
    hooks.emit(traceHeader, handled(outcome));
    return admitted;
  };
}

/** Adds the latency of the authorizer, which only the event of `$connect` has. */
const inConnect = ({ authorizer, integrationLatency }: Authorization) => ({
  ...authorizer,
  integrationLatency,
});

const contextOf = (facts: ConnectionFacts, requestId: string): RequestContext =>
  requestContext(facts, {
    eventType: "CONNECT",
    requestId,
    routeKey: "$connect",
    time: facts.connectedAt,
  });

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html */
function admission(outcome: Outcome, facts: ConnectionFacts, context: RequestContext): Admission {
  const { status, response } = outcome;
  if (status < 300)
    return {
      admitted: true,
      facts,
      subprotocol: response && subprotocolOf(response.headers ?? {}),
    };
  const body =
    outcome.error === undefined ? (response?.body ?? "") : errorText(outcome.error, context);
  return { admitted: false, refusal: gatewayRefusal(status, context.requestId, body) };
}

/**
 * Returns the subprotocol that the function selected.
 *
 * Our choice: a value that is not a token is left out, because it would break the other headers.
 */
function subprotocolOf(headers: Record<string, unknown>): string | undefined {
  const name = Object.keys(headers).find((key) => key.toLowerCase() === "sec-websocket-protocol");
  const value = name && headers[name];
  return typeof value === "string" && isToken(value) ? value : undefined;
}
