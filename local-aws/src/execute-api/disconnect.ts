import type { Clock } from "../clock.ts";
import type { AccessLog } from "./access-log.ts";
import {
  type Close,
  type ConnectionFacts,
  disconnectEvent,
  requestContext,
  traceOf,
} from "./events.ts";
import { newRequestId } from "./ids.ts";
import type { Integrator } from "./integration.ts";
import { handled, type Outcome } from "./outcome.ts";
import type { StageReference } from "./published-stages.ts";
import { routeWithKey } from "./route-selection.ts";
import type { Hooks } from "../hooks.ts";

/** Runs the route `$disconnect`, if the API has it, after the end of a connection. */
export type DisconnectHandler = (
  stage: StageReference,
  facts: ConnectionFacts,
  close: Close,
) => Promise<void>;

/** Our choice: `$disconnect` is never throttled, because functions that store connections rely on it. */
export function createDisconnectHandler(options: {
  clock: Clock;
  integrate: Integrator;
  accessLog: AccessLog;
  hooks: Hooks;
}): DisconnectHandler {
  const { clock, integrate, accessLog, hooks } = options;
  return async (stage, facts, close) => {
    const published = stage.current();
    if (published === undefined) return;
    const route = routeWithKey(published.api, "$disconnect");
    const context = requestContext(facts, {
      eventType: "DISCONNECT",
      requestId: newRequestId(),
      routeKey: "$disconnect",
      time: clock.now(),
      close,
    });
    const traceHeader = traceOf(context);
    hooks.emit(traceHeader, { type: "closed", ...close, context });
    if (route !== undefined) hooks.emit(traceHeader, { type: "route", routeKey: route.routeKey });
    const outcome: Outcome =
      route === undefined
        ? { status: 200 }
        : await integrate(published, route, disconnectEvent(facts, context), traceHeader);
    accessLog.write(published, context, outcome);
    hooks.emit(traceHeader, handled(outcome));
  };
}
