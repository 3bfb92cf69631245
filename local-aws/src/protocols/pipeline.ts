import * as v from "valibot";
import { AwsError, notImplemented } from "./aws-error.ts";
import type { PermissionCheck } from "./caller.ts";
import type { AwsRequest, AwsResponse, Operation, OperationCall, Service } from "./operation.ts";

/** An operation that a request calls, found by its protocol. */
export interface Routed {
  name: string;
  operation: Operation;
  /** As the client sent it. */
  input: unknown;
  /** Writes the output in the form of the protocol. */
  response(output: unknown): AwsResponse;
}

/** How a protocol reads requests and writes responses. */
export interface Protocol {
  authorize: PermissionCheck;
  /** The service's prefix in IAM actions, such as `iam`. */
  prefix: string;
  /**
   * The code of the error for a parameter of the wrong type, such as a text instead of a number.
   * Default: `ValidationException`, as for a value that is not allowed.
   */
  wrongType?: string;
  /** @throws {AwsError} 501 if no operation takes the request, 400 if the request is malformed. */
  route(request: AwsRequest): Routed;
  errorResponse(error: AwsError, request: AwsRequest): AwsResponse;
}

/**
 * What all services do with a request: find the operation, run the middleware, check the input, check
 * the permission, run the operation. An AwsError of any of these steps becomes a response.
 */
export function createService(protocol: Protocol): Service {
  const { prefix: service, route, errorResponse } = protocol;
  return async (request, middleware = []) => {
    const failure = (error: unknown): AwsResponse => {
      if (error instanceof AwsError) return errorResponse(error, request);
      throw error;
    };
    let routed: Routed;
    try {
      routed = route(request);
    } catch (error) {
      return failure(error);
    }
    const { name, operation, input, response } = routed;
    const action = operation.action ?? `${service}:${name}`;
    const call: OperationCall = { service, name, action, input, context: request };
    /** Runs the middleware from an index on, and then the operation. */
    const runFrom = async (index: number): Promise<AwsResponse> => {
      try {
        const layer = middleware[index];
        if (layer !== undefined) return await layer(call, () => runFrom(index + 1));
        return response(await runOperation(protocol, operation, call));
      } catch (error) {
        return failure(error);
      }
    };
    return await runFrom(0);
  };
}

/**
 * @throws {AwsError} 501 for a parameter that isn't implemented, 400 for one of the wrong form, 403 if
 * the caller's policies do not allow the action.
 */
async function runOperation(
  { authorize, wrongType }: Protocol,
  operation: Operation,
  { service, name, action, input, context }: OperationCall,
): Promise<unknown> {
  const parsed = v.safeParse(operation.input, input);
  if (!parsed.success) throw inputError(`${service}:${name}`, parsed.issues, wrongType);
  const resource = operation.resource?.(parsed.output, context) ?? "*";
  authorize(context.caller, action, resource);
  return await operation.handle(parsed.output, context);
}

/** The types of schema that take only values of one type. */
const TYPES = ["array", "boolean", "date", "number", "strict_object", "string"];

function inputError(
  operation: string,
  issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
  wrongType = "ValidationException",
): AwsError {
  // A parameter that is not implemented can be the reason why others are missing.
  const unknownParameter = issues.find(
    ({ type, expected }) => type === "strict_object" && expected === "never",
  );
  const issue = unknownParameter ?? issues[0];
  const path = v.getDotPath(issue) ?? "the input";
  if (unknownParameter !== undefined)
    return notImplemented(`the parameter ${path} of ${operation}`);
  const isWrongType = TYPES.includes(issue.type) && issue.input !== undefined;
  const code = isWrongType ? wrongType : "ValidationException";
  return new AwsError(400, code, `${operation}: ${path}: ${issue.message}`);
}
