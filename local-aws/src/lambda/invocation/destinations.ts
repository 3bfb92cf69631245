import type { Clock } from "../../clock.ts";
import type { Iam } from "../../iam/index.ts";
import type { MessageAttribute, Sqs } from "../../sqs/index.ts";
import type { Hooks } from "../../hooks.ts";
import { parseArn } from "../../arn.ts";
import type { DelayedSettings } from "../delayed-settings.ts";
import type { Functions } from "../functions.ts";
import { type AsyncEvent, type FailureCondition, invocationOf } from "./async-event.ts";
import { destinationRecord } from "./destination-record.ts";
import { firstBytes } from "../../cut-text.ts";
import { headerForInvocation } from "../../trace-header.ts";
import { readFunctionError } from "../environment/failures.ts";
import { PAYLOAD_LIMIT } from "./payload-limit.ts";
import type { LambdaFunction } from "../state.ts";

/** Sends events to their destinations after the last attempt. */
export interface Destinations {
  onSuccess(target: LambdaFunction, event: AsyncEvent): void;
  onFailure(target: LambdaFunction, event: AsyncEvent, condition: FailureCondition): void;
  failures(target: LambdaFunction): DeliveryFailures;
}

/** The failed deliveries, as the metrics with these names count them. */
export interface DeliveryFailures {
  DeadLetterErrors: number;
  DestinationDeliveryFailures: number;
}

/**
 * Creates the destinations of all functions. The dead-letter queue gets the event, a destination gets a
 * record of it. A function can have both. The function's role must allow each delivery.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function createDestinations(options: {
  clock: Clock;
  iam: Iam;
  sqs: Sqs;
  functions: Pick<Functions, "find">;
  settings: DelayedSettings;
  /** Invokes a function asynchronously. */
  enqueue(target: LambdaFunction, event: Pick<AsyncEvent, "payload" | "traceHeader">): void;
  hooks: Hooks;
}): Destinations {
  const { clock, iam, sqs, functions, settings, enqueue, hooks } = options;
  const counts = new WeakMap<LambdaFunction, DeliveryFailures>();

  const failures = (target: LambdaFunction): DeliveryFailures => {
    const known = counts.get(target) ?? {
      DeadLetterErrors: 0,
      DestinationDeliveryFailures: 0,
    };
    counts.set(target, known);
    return known;
  };

  const sessionOf = ({ configuration }: LambdaFunction) =>
    iam.sessionOf(configuration.Role, configuration.FunctionName);

  const may = (target: LambdaFunction, action: string, resource: string) =>
    iam.allows(sessionOf(target), action, resource);

  const send = (
    target: LambdaFunction,
    { traceHeader, acceptedAt }: AsyncEvent,
    queueArn: string,
    body: string,
    attributes: Readonly<Record<string, MessageAttribute>> = {},
  ) =>
    sqs.allows(sessionOf(target), "sqs:SendMessage", queueArn) &&
    sqs.send(queueArn, {
      body,
      attributes,
      caller: sessionOf(target),
      traceHeader: headerForInvocation(traceHeader, acceptedAt),
    });

  const invoke = (
    target: LambdaFunction,
    functionArn: string,
    record: string,
    traceHeader: string | undefined,
  ): boolean => {
    const payload = Buffer.from(record);
    const destination = functions.find(functionArn);
    if (
      destination === undefined ||
      payload.length > PAYLOAD_LIMIT.Event ||
      !may(target, "lambda:InvokeFunction", functionArn)
    )
      return false;
    enqueue(destination, { payload, traceHeader });
    return true;
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
    const delivered =
      parseArn(destinationArn)?.service === "lambda"
        ? invoke(target, destinationArn, record, event.traceHeader)
        : send(target, event, destinationArn, record);
    if (!delivered) failures(target).DestinationDeliveryFailures += 1;
    hooks.emit(event.traceHeader, {
      type: "destination",
      invocation: invocationOf(target, event),
      destination: destinationArn,
      delivered,
    });
  };

  const sendToDeadLetterQueue = (
    target: LambdaFunction,
    event: AsyncEvent,
    condition: FailureCondition,
  ) => {
    const queueArn = settings.deadLetterConfig.of(target)?.TargetArn;
    if (queueArn === undefined) return;
    const attributes = deadLetterAttributes(event, condition);
    const delivered = send(target, event, queueArn, event.payload.toString(), attributes);
    if (!delivered) failures(target).DeadLetterErrors += 1;
    hooks.emit(event.traceHeader, {
      type: "dead-letter",
      invocation: invocationOf(target, event),
      queue: queueArn,
      delivered,
    });
  };

  const destinationsOf = (target: LambdaFunction) =>
    settings.eventInvokeConfig.of(target)?.DestinationConfig ?? {};

  return {
    onSuccess(target, event) {
      const { OnSuccess } = destinationsOf(target);
      deliver(target, event, "Success", OnSuccess?.Destination);
    },
    onFailure(target, event, condition) {
      const { OnFailure } = destinationsOf(target);
      sendToDeadLetterQueue(target, event, condition);
      deliver(target, event, condition, OnFailure?.Destination);
    },
    failures,
  };
}

/** Returns the attributes of a dead letter. Without an attempt, there is no `ErrorCode`. */
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

/** The exact text of AWS, with its typo. */
const ZERO_RESERVED =
  "Function not invoked. Function isconfigured with zero reserved concurrent executions";

const messageOf = (payload: Buffer) =>
  readFunctionError(payload).errorMessage ?? payload.toString();

const KILOBYTE = 1024;
