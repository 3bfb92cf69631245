import { setTimeout } from "node:timers/promises";
import { throttledInvoke } from "../lambda/invocation/throttled-invoke.ts";
import { AwsError } from "../protocols/aws-error.ts";
import { type AwsResponse, type Middleware, textParameter } from "../protocols/operation.ts";
import type { Faults } from "./faults.ts";

/** In milliseconds. */
const SLOWEST = 100;

/**
 * Creates middleware that makes Invoke and `@connections` fail for functions. Requests of the
 * administrator, such as those of Terraform and the AWS CLI, never fail.
 * @param drop ends a connection without a closing handshake.
 */
export function faultyOperations(faults: Faults, drop: (connectionId: string) => void): Middleware {
  const faultyConnection = async (connectionId: string, next: () => Promise<AwsResponse>) => {
    if (faults.strikes("throttle-connections"))
      throw new AwsError(429, "LimitExceededException", "Rate exceeded");
    if (faults.strikes("fail-connections"))
      throw new AwsError(500, "InternalServerErrorException", "Internal server error");
    if (faults.strikes("vanish-before-post")) drop(connectionId);
    const response = await next();
    if (faults.strikes("vanish-during-post")) {
      drop(connectionId);
      // AWS can return 410 although the message was delivered.
      throw new AwsError(410, "GoneException", "");
    }
    if (faults.strikes("vanish-after-post")) setImmediate(() => drop(connectionId));
    return response;
  };

  return async (call, next) => {
    const { service, name, context } = call;
    const isInvoke = service === "lambda" && name === "Invoke";
    const isConnection = service === "execute-api";
    if (context.caller.type !== "role" || !(isInvoke || isConnection)) return await next();
    if (faults.strikes("slow-network")) await setTimeout(SLOWEST * faults.random());
    if (isConnection) return await faultyConnection(textParameter(call, "connectionId"), next);
    if (faults.strikes("throttle-invoke"))
      throw throttledInvoke("CallerRateLimitExceeded", "Rate exceeded");
    if (faults.strikes("fail-invoke"))
      throw new AwsError(500, "ServiceException", "Service error.");
    return await next();
  };
}
