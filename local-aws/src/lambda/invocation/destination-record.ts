import type { AsyncEvent, FailureCondition } from "./async-event.ts";

/**
 * Returns the record that Lambda sends to the destination of an asynchronous invocation. The payloads are
 * inserted unchanged, with their white space.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function destinationRecord(options: {
  now: number;
  functionArn: string;
  event: AsyncEvent;
  condition: FailureCondition | "Success";
}): string {
  const { now, functionArn, event, condition } = options;
  const requestContext = {
    requestId: event.requestId,
    functionArn: `${functionArn}:$LATEST`,
    condition,
    // A success counts as one, even after retries.
    approximateInvokeCount: condition === "Success" ? 1 : event.invokeCount,
  };
  const members = {
    version: '"1.0"',
    timestamp: JSON.stringify(new Date(now).toISOString()),
    requestContext: JSON.stringify(requestContext),
    requestPayload: event.payload.toString(),
    ...responseOf(event),
  };
  const parts = Object.entries(members).map(([name, json]) => `"${name}":${json}`);
  return `{${parts.join(",")}}`;
}

function responseOf({ outcome }: AsyncEvent): Record<string, string> {
  if (outcome === undefined) return {};
  if ("status" in outcome)
    return { responseContext: JSON.stringify({ statusCode: outcome.status }) };
  const { functionError, payload } = outcome;
  const context = { statusCode: 200, executedVersion: "$LATEST", functionError };
  return { responseContext: JSON.stringify(context), responsePayload: payload.toString() };
}
