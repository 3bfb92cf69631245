import { AwsError } from "../../protocols/aws-error.ts";

/**
 * Returns Lambda's error for an Invoke over a limit. The model of the service has the member
 * `retryAfterSeconds`, which is the header `Retry-After`.
 *
 * Our choice: one second, the shortest wait that the header can ask for. No source has a value.
 */
export const throttledInvoke = (Reason: string, message: string): AwsError =>
  new AwsError(429, "TooManyRequestsException", message, { Reason }, { "Retry-After": "1" });
