import { AwsError } from "../http/aws-error.ts";
import type { AwsRequest, AwsResponse } from "../http/operation.ts";
import type { Iam } from "../iam/index.ts";
import type { InvocationResult } from "./execution-environment.ts";

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Bytes, by invocation type. */
const PAYLOAD_LIMIT = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 } as const;
type InvocationType = keyof typeof PAYLOAD_LIMIT;

/** What the Invoke operation runs on. */
export interface Invoker {
  /** @throws {AwsError} 404 where there is no such function. */
  invoke(functionArn: string, requestId: string, payload: Buffer): Promise<InvocationResult>;
  invokeAsync(functionArn: string, requestId: string, payload: Buffer): void;
  exists(functionArn: string): boolean;
}

export const isInvoke = ({ method, path }: AwsRequest) => method === "POST" && PATH.test(path);

/**
 * The Invoke operation. An error of the function is a success of the invocation: status 200 with
 * `X-Amz-Function-Error`.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function invokeApi(
  request: AwsRequest,
  { iam, accountId, invoker }: { iam: Iam; accountId: string; invoker: Invoker },
): Promise<AwsResponse> {
  const name = decodeURIComponent(PATH.exec(request.path)?.[1] ?? "");
  const arn = functionArn(name, request.region, accountId);
  const { requestId } = request;
  try {
    iam.authorize(request.caller, "lambda:InvokeFunction", arn);
    if (!invoker.exists(arn))
      throw new AwsError(404, "ResourceNotFoundException", `Function not found: ${arn}`);
    const type = invocationType(request);
    const payload = checkedPayload(request.body, type);
    if (type === "DryRun") return { status: 204 };
    if (type === "Event") {
      invoker.invokeAsync(arn, requestId, payload);
      return { status: 202 };
    }
    return response(await invoker.invoke(arn, requestId, payload), request);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return {
      status: error.status,
      headers: { "Content-Type": "application/json", "X-Amzn-ErrorType": error.code },
      body: JSON.stringify({
        Type: "User",
        Message: error.message,
        message: error.message,
        ...error.members,
      }),
    };
  }
}

/** Accepts what the API accepts: a name, a partial or a whole ARN, each with `:$LATEST` or without. */
export function functionArn(name: string, region: string, accountId: string): string {
  const parts = name.replace(/:\$LATEST$/, "").split(":");
  const functionName = parts.length > 1 ? parts.slice(parts.indexOf("function") + 1)[0] : parts[0];
  return name.startsWith("arn:")
    ? parts.slice(0, 7).join(":")
    : `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
}

function invocationType({ headers }: AwsRequest): InvocationType {
  const type = headers["x-amz-invocation-type"] ?? "RequestResponse";
  if (type === "RequestResponse" || type === "Event" || type === "DryRun") return type;
  throw new AwsError(
    400,
    "InvalidParameterValueException",
    `1 validation error detected: Value '${type}' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [DryRun, Event, RequestResponse]`,
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
    throw new AwsError(
      400,
      "InvalidRequestContentException",
      `Could not parse request body into json: ${reason}`,
    );
  }
}

const LOG_TAIL_BYTES = 4096;

function response(result: InvocationResult, { headers }: AwsRequest): AwsResponse {
  const log = Buffer.from(
    result.log.map((line) => (line.endsWith("\n") ? line : `${line}\n`)).join(""),
  );
  return {
    status: 200,
    headers: {
      "Content-Type": "application/json",
      "X-Amz-Executed-Version": "$LATEST",
      ...(result.functionError ? { "X-Amz-Function-Error": result.functionError } : {}),
      ...(headers["x-amz-log-type"] === "Tail"
        ? { "X-Amz-Log-Result": log.subarray(-LOG_TAIL_BYTES).toString("base64") }
        : {}),
    },
    body: result.payload,
  };
}
