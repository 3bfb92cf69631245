import { lastBytes } from "../../cut-text.ts";
import { AwsError, notImplemented } from "../../protocols/aws-error.ts";
import type { AwsRequest, AwsResponse } from "../../protocols/operation.ts";
import { decodeSegment } from "../../protocols/path-segment.ts";
import type { Iam } from "../../iam/index.ts";
import type { State } from "../../state.ts";
import { findFunction, resolveFunction } from "../api/function-name.ts";
import type { AsyncEvent } from "./async-queue.ts";
import type { InvocationResult } from "../environment/execution-environment.ts";
import type { NewInvocation } from "./invoker.ts";

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations\/?$/;

/** Bytes, by invocation type. */
export const PAYLOAD_LIMIT = {
  RequestResponse: 6_291_456,
  Event: 1_048_576,
  DryRun: 6_291_456,
} as const;
type InvocationType = keyof typeof PAYLOAD_LIMIT;

/** Queues an event for a function. */
export type InvokeAsync = (
  functionArn: string,
  event: Pick<AsyncEvent, "requestId" | "payload" | "traceHeader">,
) => void;

export const isInvoke = ({ method, path }: AwsRequest) => method === "POST" && PATH.test(path);

/**
 * The Invoke operation. An error of the function is a success of the invocation: status 200 with
 * `X-Amz-Function-Error`.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function createInvokeApi(options: {
  state: State;
  iam: Iam;
  /** @throws {AwsError} 429 at a limit of concurrency. */
  invoke(functionArn: string, invocation: NewInvocation): Promise<InvocationResult>;
  invokeAsync: InvokeAsync;
  /** Resolves when a function has room for more events. */
  room(functionArn: string): Promise<void>;
}): (request: AwsRequest) => Promise<AwsResponse> {
  const { state, iam, invoke, invokeAsync, room } = options;

  const run = async (request: AwsRequest): Promise<AwsResponse> => {
    const { caller, region, requestId, headers } = request;
    const input = functionOf(request);
    iam.authorize(
      caller,
      "lambda:InvokeFunction",
      resolveFunction(state.accountId, region, input).arn,
    );
    const { FunctionArn } = findFunction(state, region, input).configuration;
    refuseUnknown(headers);
    const type = oneOf(headers, "x-amz-invocation-type", INVOCATION_TYPES);
    const logType = oneOf(headers, "x-amz-log-type", LOG_TYPES);
    const payload = checkedPayload(request.body, type);
    const clientContext = checkedClientContext(headers["x-amz-client-context"]);
    const traceHeader = headers["x-amzn-trace-id"];
    if (type === "DryRun") return { status: 204 };
    if (type === "Event") {
      // Lambda takes a client context for it as well, and doesn't hand it on.
      invokeAsync(FunctionArn, { requestId, payload, traceHeader });
      await room(FunctionArn);
      return { status: 202 };
    }
    const result = await invoke(FunctionArn, { requestId, payload, traceHeader, ...clientContext });
    return answer(result, logType === "Tail");
  };

  return async (request) => {
    try {
      return await run(request);
    } catch (error) {
      if (error instanceof AwsError) return invokeRefusal(error);
      throw error;
    }
  };
}

function functionOf({ path, query }: AwsRequest) {
  const FunctionName = decodeSegment(PATH.exec(path)?.[1] ?? "");
  const Qualifier = query.get("Qualifier");
  return Qualifier === null ? { FunctionName } : { FunctionName, Qualifier };
}

function refuseUnknown(headers: AwsRequest["headers"]): void {
  for (const name of ["x-amz-tenant-id", "x-amz-durable-execution-name"])
    if (headers[name] !== undefined)
      throw notImplemented(`the header ${name} of lambda:InvokeFunction`);
}

const INVOCATION_TYPES = {
  parameter: "invocationType",
  values: ["DryRun", "Event", "RequestResponse"],
  default: "RequestResponse",
} as const;

const LOG_TYPES = { parameter: "logType", values: ["None", "Tail"], default: "None" } as const;

function oneOf<Value extends string>(
  headers: AwsRequest["headers"],
  header: string,
  expected: { parameter: string; values: readonly Value[]; default: Value },
): Value {
  const given = headers[header] ?? expected.default;
  const known = expected.values.find((value) => value === given);
  if (known !== undefined) return known;
  throw new AwsError(
    400,
    "ValidationException",
    `1 validation error detected: Value '${given}' at '${expected.parameter}' failed to satisfy constraint: Member must satisfy enum value set: [${expected.values.join(", ")}]`,
  );
}

function checkedPayload(payload: Buffer, type: InvocationType): Buffer {
  if (payload.length > PAYLOAD_LIMIT[type])
    throw new AwsError(
      413,
      "RequestEntityTooLargeException",
      `${payload.length} byte payload is too large for the ${type} invocation type (limit ${PAYLOAD_LIMIT[type]} bytes)`,
    );
  if (payload.length === 0) return Buffer.from("{}");
  try {
    JSON.parse(payload.toString());
    return payload;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw invalidContent(`Could not parse request body into json: ${reason}`);
  }
}

function checkedClientContext(base64: string | undefined): { clientContext?: string } {
  if (base64 === undefined) return {};
  const clientContext = Buffer.from(base64, "base64").toString();
  try {
    JSON.parse(clientContext);
    return { clientContext };
  } catch {
    throw invalidContent("Client context must be a valid Base64-encoded JSON object.");
  }
}

const invalidContent = (message: string) =>
  new AwsError(400, "InvalidRequestContentException", message);

/** Our choice: in whole characters; AWS documents the last 4 KB. */
const LOG_TAIL_BYTES = 4096;

function answer({ payload, functionError, log }: InvocationResult, tail: boolean): AwsResponse {
  return {
    status: 200,
    headers: {
      "Content-Type": "application/json",
      "X-Amz-Executed-Version": "$LATEST",
      ...(functionError && { "X-Amz-Function-Error": functionError }),
      ...(tail && { "X-Amz-Log-Result": encodedTail(log) }),
    },
    body: payload,
  };
}

function encodedTail(log: readonly string[]): string {
  const text = log.map((line) => (line.endsWith("\n") ? line : `${line}\n`)).join("");
  return Buffer.from(lastBytes(text, LOG_TAIL_BYTES)).toString("base64");
}

/** The errors of Lambda's model whose text is called `Message`; that of the others is `message`. */
const CAPITALISED = ["AccessDeniedException", "ResourceNotFoundException", "ServiceException"];

/** An error in the form of Invoke. */
export function invokeRefusal({ status, code, message, members, headers }: AwsError): AwsResponse {
  const Type = status < 500 ? "User" : "Service";
  const text = CAPITALISED.includes(code) ? { Message: message } : { message };
  return {
    status,
    headers: { "Content-Type": "application/json", "X-Amzn-ErrorType": code, ...headers },
    body: JSON.stringify({ ...members, Type, ...text }),
  };
}
