import * as v from "valibot";
import type { Caller, Iam } from "../iam/index.ts";
import { AwsError, notImplemented } from "./aws-error.ts";

/** A request to an AWS API, its signature checked. */
export interface AwsRequest {
  method: string;
  /** The path as sent: still percent-encoded. */
  path: string;
  query: URLSearchParams;
  /** By name in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
  region: string;
  caller: Caller;
  requestId: string;
  /** Aborted when the client goes away before it has its answer. */
  signal?: AbortSignal;
}

export interface AwsResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** One AWS service: everything signed for its name comes here. */
export type Service = (request: AwsRequest) => Promise<AwsResponse>;

/** Who calls an operation, and where. */
export interface OperationContext {
  region: string;
  caller: Caller;
  requestId: string;
  signal?: AbortSignal;
}

/**
 * One operation of an AWS API. The input schema lists every parameter that has an effect here:
 * build it with `v.strictObject`, so that any other parameter is refused instead of ignored.
 */
export interface Operation<Input extends v.GenericSchema = v.GenericSchema> {
  input: Input;
  /** The IAM action, where it isn't the operation's name: `sqs:DeleteMessage` of a batch. */
  action?: string;
  /** The ARN that a caller's policy must allow; an operation without one is checked against `*`. */
  resource?(input: v.InferOutput<Input>, context: OperationContext): string;
  handle(input: v.InferOutput<Input>, context: OperationContext): unknown;
}

/** Ties the type of `handle`'s argument to the input schema. */
export const defineOperation = <Input extends v.GenericSchema>(
  operation: Operation<Input>,
): Operation<Input> => operation;

/**
 * Checks input and permission, then runs the operation.
 * @param action the IAM action, `sqs:SendMessage`; its second half is the operation's name.
 * @throws {AwsError} 501 for a parameter that isn't implemented, 400 for one of the wrong form, 403
 * where the caller's policies don't allow the action.
 */
export async function runOperation(
  iam: Iam,
  action: string,
  operation: Operation,
  rawInput: unknown,
  context: OperationContext,
): Promise<unknown> {
  const parsed = v.safeParse(operation.input, rawInput);
  if (!parsed.success) throw inputError(action, parsed.issues[0]);
  const resource = operation.resource?.(parsed.output, context) ?? "*";
  iam.authorize(context.caller, operation.action ?? action, resource);
  return await operation.handle(parsed.output, context);
}

function inputError(action: string, issue: v.BaseIssue<unknown>): AwsError {
  const path = v.getDotPath(issue) ?? "the input";
  const unknownParameter = issue.type === "strict_object" && issue.expected === "never";
  if (unknownParameter) return notImplemented(`the parameter ${path} of ${action}`);
  return new AwsError(400, "ValidationException", `${action}: ${path}: ${issue.message}`);
}
