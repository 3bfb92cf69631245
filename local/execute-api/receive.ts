import type { ApiRoute } from "../apigateway/state.ts";
import type { Clock } from "../clock.ts";
import type { AccessLog } from "./access-log.ts";
import type { Connection } from "./connection.ts";
import { messageEvent, requestContext } from "./events.ts";
import { newRequestId } from "./ids.ts";
import type { Integrate } from "./integration.ts";
import { MESSAGE_LIMIT } from "./limits.ts";
import {
  fault,
  faultText,
  FORBIDDEN,
  FUNCTION_FAILED,
  type Outcome,
  TOO_MANY_REQUESTS,
} from "./outcome.ts";
import type { FindStage, PublishedStage } from "./published-stages.ts";
import { selectRoute } from "./route-selection.ts";
import type { Throttling } from "./throttling.ts";

/** Takes a client's message to its function. Resolves when the client has been sent the answer, if any. */
export type Receive = (connection: Connection, body: string) => Promise<void>;

export function createReceive(options: {
  clock: Clock;
  findStage: FindStage;
  throttling: Throttling;
  integrate: Integrate;
  accessLog: AccessLog;
}): Receive {
  const { clock, findStage, throttling, integrate, accessLog } = options;

  const run = async (
    published: PublishedStage,
    route: ApiRoute | undefined,
    event: object,
  ): Promise<Outcome> => {
    if (!throttling.admitsMessage(published, route?.routeKey)) return fault(TOO_MANY_REQUESTS);
    if (route === undefined) return fault(FORBIDDEN);
    const outcome = await integrate(published, route, event);
    const isAnswerable = !isTwoWay(route) || outcome.fault !== undefined || fits(outcome);
    return isAnswerable ? outcome : { ...outcome, ...fault(FUNCTION_FAILED) };
  };

  return async (connection, body) => {
    const { facts } = connection;
    const published = findStage(facts.apiId, facts.stage);
    // Our choice: nobody is left to answer when the stage has been deleted, so the connection ends.
    if (published === undefined) return connection.close(1001, "Going away");
    const route = selectRoute(published.api, body);
    const context = requestContext(facts, {
      eventType: "MESSAGE",
      requestId: newRequestId(),
      routeKey: route?.routeKey,
      time: clock.now(),
      messageId: published.ids.messageId(),
    });
    const outcome = await run(published, route, messageEvent(facts, context, body));
    accessLog.write(published, context, outcome);
    if (outcome.fault !== undefined) await connection.answer(faultText(outcome.fault, context));
    else if (isTwoWay(route)) await connection.answer(outcome.response?.body ?? "");
  };
}

/**
 * A route answers its sender only with a route response, whose key can only be `$default`; whatever
 * the function of another route returns is ignored.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html
 */
const isTwoWay = (route: ApiRoute | undefined) =>
  route?.routeResponseSelectionExpression === "$default" &&
  Object.values(route.routeResponses).some(
    ({ routeResponseKey }) => routeResponseKey === "$default",
  );

/** Our choice, for want of a source: what is no response, or is over 128 KB, is a failed function's. */
const fits = ({ response }: Outcome) =>
  response !== undefined && Buffer.byteLength(response.body ?? "") <= MESSAGE_LIMIT;
