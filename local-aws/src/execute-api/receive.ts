import type { ApiRoute } from "../apigateway/state.ts";
import type { Clock } from "../clock.ts";
import type { AccessLog } from "./access-log.ts";
import type { Connection } from "./connection.ts";
import { messageEvent, type RequestContext, requestContext, traceOf } from "./events.ts";
import { newRequestId } from "./ids.ts";
import type { Integrator } from "./integration.ts";
import { MESSAGE_LIMIT } from "./limits.ts";
import {
  errorText,
  failed,
  FORBIDDEN,
  FUNCTION_FAILED,
  handled,
  type Outcome,
  TOO_MANY_REQUESTS,
} from "./outcome.ts";
import type { PublishedStage } from "./published-stages.ts";
import { selectRoute } from "./route-selection.ts";
import type { Throttling } from "./throttling.ts";
import type { Hooks } from "../hooks.ts";

/**
 * Invokes the function of a client's message. Resolves when the response, if there is one, has been sent.
 */
export type MessageHandler = (connection: Connection, body: string) => Promise<void>;

export function createMessageHandler(options: {
  clock: Clock;
  throttling: Throttling;
  integrate: Integrator;
  accessLog: AccessLog;
  hooks: Hooks;
}): MessageHandler {
  const { clock, throttling, integrate, accessLog, hooks } = options;

  const run = async (
    published: PublishedStage,
    route: ApiRoute | undefined,
    event: object,
    traceHeader: string,
  ): Promise<Outcome> => {
    hooks.emit(traceHeader, { type: "route", routeKey: route?.routeKey ?? null });
    if (!throttling.admitsMessage(published, route?.routeKey)) {
      hooks.emit(traceHeader, { type: "throttled" });
      return failed(TOO_MANY_REQUESTS);
    }
    if (route === undefined) {
      hooks.emit(traceHeader, { type: "forbidden" });
      return failed(FORBIDDEN);
    }
    const outcome = await integrate(published, route, event, traceHeader);
    const isUsable = !isTwoWay(route) || outcome.error !== undefined || fits(outcome);
    return isUsable ? outcome : { ...outcome, ...failed(FUNCTION_FAILED) };
  };

  return async (connection, body) => {
    const { facts, stage } = connection;
    const published = stage.current();
    // Our choice: a connection to a deleted stage is closed.
    if (published === undefined) return connection.close(1001, "Going away");
    const route = selectRoute(published.api, body);
    const context = requestContext(facts, {
      eventType: "MESSAGE",
      requestId: newRequestId(),
      routeKey: route?.routeKey,
      time: clock.now(),
      messageId: published.ids.messageId(),
    });
    const traceHeader = traceOf(context);
    hooks.emit(traceHeader, { type: "frame-in", text: body, context });
    const event = messageEvent(facts, context, body);
    const outcome = await run(published, route, event, traceHeader);
    accessLog.write(published, context, outcome);
    const response = responseTo(outcome, route, context);
    if (response !== undefined) {
      hooks.emit(traceHeader, { type: "frame-out", text: response });
      await connection.respond(response);
    }
    hooks.emit(traceHeader, handled(outcome));
  };
}

/** Returns the message that API Gateway itself sends to the client, or undefined. */
function responseTo(outcome: Outcome, route: ApiRoute | undefined, context: RequestContext) {
  if (outcome.error !== undefined) return errorText(outcome.error, context);
  return isTwoWay(route) ? (outcome.response?.body ?? "") : undefined;
}

/**
 * A route sends a response to the client only if it has a route response, whose key can only be
 * `$default`. For another route, the body that its function returns is ignored.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
 */
const isTwoWay = (route: ApiRoute | undefined) =>
  route?.routeResponseSelectionExpression === "$default" &&
  Object.values(route.routeResponses).some(
    ({ routeResponseKey }) => routeResponseKey === "$default",
  );

/**
 * Our choice, because there is no source: an invalid response, or one over 128 KB, has the same effect
 * as a function error.
 */
const fits = ({ response }: Outcome) =>
  response !== undefined && Buffer.byteLength(response.body ?? "") <= MESSAGE_LIMIT;
