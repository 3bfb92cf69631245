import type { Clock } from "../../clock.ts";
import type { Iam } from "../../iam/index.ts";
import type { MessageAttribute, Sqs } from "../../sqs/index.ts";
import type { Hooks } from "../../hooks.ts";
import type { AsyncEvent, FailureCondition } from "./async-queue.ts";
import { destinationRecord } from "./destination-record.ts";
import { firstBytes } from "../../cut-text.ts";
import { readFunctionError } from "../environment/failures.ts";
import { PAYLOAD_LIMIT } from "./invoke-api.ts";
import type { LambdaFunction } from "../state.ts";

/** Where events go after their last attempt. */
export interface Destinations {
  onSuccess(target: LambdaFunction, event: AsyncEvent): void;
  onFailure(target: LambdaFunction, event: AsyncEvent, condition: FailureCondition): void;
  failures(functionArn: string): DeliveryFailures;
}

/** What could not be delivered, as the metrics of these names count it. */
export interface DeliveryFailures {
  DeadLetterErrors: number;
  DestinationDeliveryFailures: number;
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
  /** False: there is no such function. */
  invokeAsync(functionArn: string, event: Pick<AsyncEvent, "payload" | "traceHeader">): boolean;
  hooks: Hooks;
}): Destinations {
  const { clock, iam, sqs, invokeAsync, hooks } = options;
  const counts = new Map<string, DeliveryFailures>();

  const failures = (functionArn: string): DeliveryFailures => {
    const known = counts.get(functionArn) ?? {
      DeadLetterErrors: 0,
      DestinationDeliveryFailures: 0,
    };
    counts.set(functionArn, known);
    return known;
  };

  const may = ({ configuration }: LambdaFunction, action: string, resource: string) =>
    iam.allows(iam.sessionOf(configuration.Role, configuration.FunctionName), action, resource);

  const send = (
    target: LambdaFunction,
    queueArn: string,
    body: string,
    attributes: Readonly<Record<string, MessageAttribute>> = {},
  ) => may(target, "sqs:SendMessage", queueArn) && sqs.send(queueArn, body, attributes);

  const invoke = (
    target: LambdaFunction,
    functionArn: string,
    record: string,
    traceHeader: string | undefined,
  ) => {
    const payload = Buffer.from(record);
    return (
      payload.length <= PAYLOAD_LIMIT.Event &&
      may(target, "lambda:InvokeFunction", functionArn) &&
      invokeAsync(functionArn, { payload, traceHeader })
    );
  };

  const deliver = (
    target: LambdaFunction,
    event: AsyncEvent,
    condition: FailureCondition | "Success",
    destinationArn: string | undefined,
  ) => {
    if (destinationArn === undefined) return;
    const functionArn = target.configuration.FunctionArn;
    const record = destinationRecord({ now: clock.now(), functionArn, event, condition });
    const [, , service] = destinationArn.split(":");
    const delivered =
      service === "lambda"
        ? invoke(target, destinationArn, record, event.traceHeader)
        : send(target, destinationArn, record);
    if (!delivered) failures(functionArn).DestinationDeliveryFailures += 1;
    hooks.emit(event.traceHeader, {
      type: "destination",
      invocation: invocationOf(target, event),
      destination: destinationArn,
      delivered,
    });
  };

  const bury = (target: LambdaFunction, event: AsyncEvent, condition: FailureCondition) => {
    const { DeadLetterConfig, FunctionArn } = target.configuration;
    if (DeadLetterConfig === undefined) return;
    const attributes = deadLetterAttributes(event, condition);
    const delivered = send(
      target,
      DeadLetterConfig.TargetArn,
      event.payload.toString(),
      attributes,
    );
    if (!delivered) failures(FunctionArn).DeadLetterErrors += 1;
    hooks.emit(event.traceHeader, {
      type: "dead-letter",
      invocation: invocationOf(target, event),
      queue: DeadLetterConfig.TargetArn,
      delivered,
    });
  };

  return {
    onSuccess(target, event) {
      const { OnSuccess } = target.eventInvokeConfig?.DestinationConfig ?? {};
      deliver(target, event, "Success", OnSuccess?.Destination);
    },
    onFailure(target, event, condition) {
      const { OnFailure } = target.eventInvokeConfig?.DestinationConfig ?? {};
      bury(target, event, condition);
      deliver(target, event, condition, OnFailure?.Destination);
    },
    failures,
  };
}

const invocationOf = ({ configuration }: LambdaFunction, { requestId }: AsyncEvent) => ({
  functionName: configuration.FunctionName,
  requestId,
});

/** What explains a dead letter. An event that was never attempted has no status to tell. */
function deadLetterAttributes(
  { requestId, outcome }: AsyncEvent,
  condition: FailureCondition,
): Record<string, MessageAttribute> {
  const RequestID = { DataType: "String", StringValue: requestId } as const;
  const ErrorMessage = { DataType: "String", StringValue: "" } as const;
  if (condition === "ZeroReservedConcurrency" || outcome === undefined)
    return { RequestID, ErrorMessage: { ...ErrorMessage, StringValue: ZERO_RESERVED } };
  const status = "status" in outcome ? outcome.status : 200;
  const message = "status" in outcome ? outcome.message : messageOf(outcome.payload);
  return {
    RequestID,
    ErrorCode: { DataType: "Number", StringValue: String(status) },
    ErrorMessage: { ...ErrorMessage, StringValue: firstBytes(message, KILOBYTE) },
  };
}

/** AWS's own words, to the letter. */
const ZERO_RESERVED =
  "Function not invoked. Function isconfigured with zero reserved concurrent executions";

const messageOf = (payload: Buffer) =>
  readFunctionError(payload).errorMessage ?? payload.toString();

const KILOBYTE = 1024;
