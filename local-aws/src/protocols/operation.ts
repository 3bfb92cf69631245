import type * as v from "valibot";
import type { Caller } from "./caller.ts";

/** The caller of an operation, and its request. */
export interface OperationContext {
  region: string;
  caller: Caller;
  /** The client's IP address. */
  sourceIp: string;
  requestId: string;
  /** By name in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** Returns a signal that is aborted when the client disconnects before it has its response. */
  signal?(): AbortSignal;
}

/** A request to an AWS API, its signature checked. */
export interface AwsRequest extends OperationContext {
  method: string;
  /** The path as sent: still percent-encoded. */
  path: string;
  query: URLSearchParams;
  body: Buffer;
}

export interface AwsResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

/** A call of an operation, before its input and the caller's permission are checked. */
export interface OperationCall {
  /** As in IAM actions, such as `lambda`. */
  service: string;
  /** As in the API's model, such as `Invoke`. */
  name: string;
  /** The IAM action, such as `lambda:InvokeFunction`. */
  action: string;
  /** Middleware can replace it, for example to observe its handler. */
  operation: Operation;
  /** As the client sent it. */
  input: unknown;
  context: OperationContext;
}

/**
 * Code that runs around operations.
 * @param next runs the rest and resolves with its response, which may be that of an error. It rejects
 * only for an internal error.
 * @throws {AwsError} which the protocol converts to a response.
 */
export type Middleware = (
  call: OperationCall,
  next: () => Promise<AwsResponse>,
) => Promise<AwsResponse>;

/**
 * One AWS service, which gets every request that is signed for its name. Its protocol finds the
 * operation that the request calls.
 * @param middleware runs around the operation, the first outermost. Default: none.
 */
export type Service = (
  request: AwsRequest,
  middleware?: readonly Middleware[],
) => Promise<AwsResponse>;

/**
 * One operation of an AWS API. The input schema lists every parameter that has an effect here:
 * build it with `v.strictObject`, so that any other parameter is refused instead of ignored.
 */
export interface Operation<Input extends v.GenericSchema = v.GenericSchema> {
  input: Input;
  /** The IAM action, if it is not the operation's name: `sqs:DeleteMessage` of a batch. */
  action?: string;
  /**
   * The ARNs that a caller's policies must allow, each of them; an operation without any is checked against
   * `*`.
   */
  resource?(input: v.InferOutput<Input>, context: OperationContext): string | readonly string[];
  handle(input: v.InferOutput<Input>, context: OperationContext): unknown;
}

/** Ties the type of `handle`'s argument to the input schema. */
export const defineOperation = <Input extends v.GenericSchema>(
  operation: Operation<Input>,
): Operation<Input> => operation;

/** The value of a text parameter in the input of a call; empty if there is none. */
export function textParameter({ input }: OperationCall, name: string): string {
  if (typeof input !== "object" || input === null || !Object.hasOwn(input, name)) return "";
  const value: unknown = Reflect.get(input, name);
  return typeof value === "string" ? value : "";
}
