import type { AsyncEvent, FailureCondition } from "./async-queue.ts";
import type { InvocationResult } from "./execution-environment.ts";

/**
 * What Lambda sends to the destination of an asynchronous invocation. The payloads are spliced in as
 * they are, white space and all.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function destinationRecord(options: {
  now: number;
  functionArn: string;
  event: AsyncEvent;
  condition: FailureCondition | "Success";
  result: InvocationResult | undefined;
}): string {
  const { now, functionArn, event, condition, result } = options;
  const members = {
    version: '"1.0"',
    timestamp: JSON.stringify(new Date(now).toISOString()),
    requestContext: JSON.stringify({
      requestId: event.requestId,
      functionArn: `${functionArn}:$LATEST`,
      condition,
      approximateInvokeCount: event.invokeCount,
    }),
    requestPayload: event.payload.toString(),
    ...(result === undefined
      ? {}
      : {
          responseContext: JSON.stringify({
            statusCode: 200,
            executedVersion: "$LATEST",
            functionError: result.functionError,
          }),
          responsePayload: result.payload.toString(),
        }),
  };
  const parts = Object.entries(members).map(([name, json]) => `"${name}":${json}`);
  return `{${parts.join(",")}}`;
}
