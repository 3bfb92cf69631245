import * as v from "valibot";
import { AwsError } from "./aws-error.ts";
import type { PermissionCheck } from "./caller.ts";
import { defaultInputErrors, inputConfig, inputError, type InputErrors } from "./input-errors.ts";
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
  /** How the service reports an input that does not satisfy its model. Default: as most services. */
  inputErrors?: InputErrors;
  /** @throws {AwsError} 501 if no operation takes the request, 400 if the request is malformed. */
  route(request: AwsRequest): Routed;
  errorResponse(error: AwsError, request: AwsRequest): AwsResponse;
}

/**
 * Handles a request to any service: find the operation, run the middleware, check the input, check
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
    const call: OperationCall = { service, name, action, operation, input, context: request };
    /** Runs the middleware from an index on, and then the operation. */
    const runFrom = async (index: number): Promise<AwsResponse> => {
      try {
        const layer = middleware[index];
        if (layer !== undefined) return await layer(call, () => runFrom(index + 1));
        return response(await runOperation(protocol, call));
      } catch (error) {
        return failure(error);
      }
    };
    return await runFrom(0);
  };
}

/**
 * @throws {AwsError} 501 for a parameter that is not implemented, 400 for one of the wrong form, 403 if
 * the caller's policies do not allow the action.
 */
async function runOperation(
  { authorize, inputErrors = defaultInputErrors }: Protocol,
  { service, name, action, operation, input, context }: OperationCall,
): Promise<unknown> {
  const parsed = v.safeParse(operation.input, input, inputConfig);
  if (!parsed.success)
    throw inputError(`${service}:${name}`, operation.input, parsed.issues, inputErrors);
  const resource = operation.resource?.(parsed.output, context) ?? "*";
  if (typeof resource === "string") authorize(context.caller, action, resource, context);
  else for (const each of resource) authorize(context.caller, action, each, context);
  return await operation.handle(parsed.output, context);
}
