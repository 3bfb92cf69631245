import { setTimeout } from "node:timers/promises";
import { connectionIdIn } from "../execute-api/management-api.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { AwsRequest, AwsResponse, Service } from "../protocols/operation.ts";
import { invokeRefusal } from "../lambda/invocation/invoke-api.ts";
import { throttledInvoke } from "../lambda/invocation/throttled-invoke.ts";
import type { Faults } from "./faults.ts";

/** Milliseconds. */
const SLOWEST = 100;

/** Lambda's Invoke as functions reach it, when it is overloaded or failing. */
export const withInvokeFaults = (service: Service, faults: Faults): Service =>
  forFunctions(service, async (request) => {
    await slow(faults);
    if (faults.strikes("throttle-invoke"))
      return invokeRefusal(throttledInvoke("CallerRateLimitExceeded", "Rate exceeded"));
    if (faults.strikes("fail-invoke"))
      return invokeRefusal(new AwsError(500, "ServiceException", "Service error."));
    return await service(request);
  });

/**
 * `@connections` as functions reach it, when it fails or the connection disappears.
 * @param vanish ends a connection without a closing handshake.
 */
export const withConnectionFaults = (
  service: Service,
  faults: Faults,
  vanish: (connectionId: string) => void,
): Service =>
  forFunctions(service, async (request) => {
    await slow(faults);
    if (faults.strikes("throttle-connections"))
      return refusal(429, "LimitExceededException", { message: "Rate exceeded" });
    if (faults.strikes("fail-connections"))
      return refusal(500, "InternalServerErrorException", { message: "Internal server error" });
    const connectionId = connectionIdIn(request.path);
    if (faults.strikes("vanish-before-post")) vanish(connectionId);
    const response = await service(request);
    if (faults.strikes("vanish-during-post")) {
      // Seen on AWS: a 410 for a message that may have been delivered after all.
      vanish(connectionId);
      return { status: 410, headers: { "X-Amzn-ErrorType": "GoneException" } };
    }
    if (faults.strikes("vanish-after-post")) setImmediate(() => vanish(connectionId));
    return response;
  });

/** Faults meet functions alone: Terraform and the CLI of whoever watches are left in peace. */
function forFunctions(
  service: Service,
  faulty: (request: AwsRequest) => Promise<AwsResponse>,
): Service {
  return (request) => (request.caller.type === "role" ? faulty(request) : service(request));
}

async function slow(faults: Faults): Promise<void> {
  if (faults.strikes("slow-network")) await setTimeout(SLOWEST * faults.random());
}

const refusal = (status: number, code: string, body: object): AwsResponse => ({
  status,
  headers: { "Content-Type": "application/json", "X-Amzn-ErrorType": code },
  body: JSON.stringify(body),
});
