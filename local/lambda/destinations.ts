import type { Clock } from "../clock.ts";
import type { Iam } from "../iam/index.ts";
import type { Sqs } from "../sqs/index.ts";
import type { AsyncEvent, FailureCondition } from "./async-queue.ts";
import { destinationRecord } from "./destination-record.ts";
import type { InvocationResult } from "./execution-environment.ts";
import type { LambdaFunction } from "./state.ts";

/** Where events go after their last attempt. */
export interface Destinations {
  onSuccess(target: LambdaFunction, event: AsyncEvent, result: InvocationResult): void;
  onFailure(
    target: LambdaFunction,
    event: AsyncEvent,
    condition: FailureCondition,
    result?: InvocationResult,
  ): void;
}

/**
 * The dead-letter queue gets the event itself, a destination a record about it; with both
 * configured, both get theirs. The function's role must allow either.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function createDestinations(options: {
  clock: Clock;
  iam: Iam;
  sqs: Sqs;
  invokeAsync(functionArn: string, payload: Buffer): void;
}): Destinations {
  const { clock, iam, sqs, invokeAsync } = options;

  const mayDeliver = ({ configuration }: LambdaFunction, action: string, targetArn: string) =>
    iam.allows(iam.sessionOf(configuration.Role, configuration.FunctionName), action, targetArn);

  const deliver = (target: LambdaFunction, destinationArn: string, record: string) => {
    const [, , service] = destinationArn.split(":");
    if (service === "lambda" && mayDeliver(target, "lambda:InvokeFunction", destinationArn))
      invokeAsync(destinationArn, Buffer.from(record));
    if (service === "sqs" && mayDeliver(target, "sqs:SendMessage", destinationArn))
      sqs.send(destinationArn, record, {});
  };

  const record = (
    target: LambdaFunction,
    event: AsyncEvent,
    condition: FailureCondition | "Success",
    result?: InvocationResult,
  ) => {
    const functionArn = target.configuration.FunctionArn;
    return destinationRecord({ now: clock.now(), functionArn, event, condition, result });
  };

  return {
    onSuccess(target, event, result) {
      const destination = target.eventInvokeConfig?.DestinationConfig.OnSuccess?.Destination;
      if (destination !== undefined)
        deliver(target, destination, record(target, event, "Success", result));
    },
    onFailure(target, event, condition, result) {
      const queueArn = target.configuration.DeadLetterConfig?.TargetArn;
      if (queueArn !== undefined && mayDeliver(target, "sqs:SendMessage", queueArn))
        sqs.send(queueArn, event.payload.toString(), deadLetterAttributes(event, result));
      const destination = target.eventInvokeConfig?.DestinationConfig.OnFailure?.Destination;
      if (destination !== undefined)
        deliver(target, destination, record(target, event, condition, result));
    },
  };
}

/** Our choice: an event that was never run has the status of the throttling that kept it waiting. */
const NEVER_RUN = { status: "429", message: "The event was not processed within its maximum age." };

function deadLetterAttributes(event: AsyncEvent, result: InvocationResult | undefined) {
  return {
    RequestID: { DataType: "String", StringValue: event.requestId },
    ErrorCode: { DataType: "Number", StringValue: result === undefined ? NEVER_RUN.status : "200" },
    ErrorMessage: {
      DataType: "String",
      StringValue: result === undefined ? NEVER_RUN.message : errorMessage(result),
    },
  } as const;
}

/** The first KB of the error's message. */
function errorMessage({ payload }: InvocationResult): string {
  const error: unknown = JSON.parse(payload.toString());
  const message =
    typeof error === "object" && error !== null && "errorMessage" in error
      ? String(error.errorMessage)
      : payload.toString();
  return message.slice(0, 1024);
}
