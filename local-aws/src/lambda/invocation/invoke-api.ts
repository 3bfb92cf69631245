import * as v from "valibot";
import { lastBytes } from "../../cut-text.ts";
import { AwsError, notImplemented } from "../../protocols/aws-error.ts";
import { defineOperation, type OperationContext } from "../../protocols/operation.ts";
import { RawResponse, type Route } from "../../protocols/rest-json-protocol.ts";
import type { State } from "../../state.ts";
import { traceHeaderOf } from "../../trace-header.ts";
import { findFunction, missingVersion, resolveFunction } from "../api/function-name.ts";
import { functionInput } from "../api/function-route.ts";
import type { InvocationResult } from "../environment/execution-environment.ts";
import { checkActive } from "../function-changes.ts";
import type { Functions } from "../functions.ts";
import type { AsyncInvocations } from "./async-invocations.ts";
import type { Invoker } from "./invoker.ts";
import { type InvocationType, PAYLOAD_LIMIT } from "./payload-limit.ts";

/**
 * The Invoke operation. An error of the function is a success of the invocation: status 200 with
 * `X-Amz-Function-Error`.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export function invokeRoute(options: {
  state: State;
  functions: Functions;
  invoker: Invoker;
  asyncInvocations: Pick<AsyncInvocations, "enqueue">;
}): Route {
  const { state, functions, invoker, asyncInvocations } = options;
  const operation = defineOperation({
    action: "lambda:InvokeFunction",
    input: v.strictObject({ ...functionInput, Body: v.instance(Buffer) }),
    resource: (input, { region }) => resolveFunction(state.accountId, region, input).arn,
    async handle({ Body, ...input }, { region, requestId, headers }) {
      const reference = resolveFunction(state.accountId, region, input);
      const target = findFunction(functions, reference, missingVersion);
      checkActive(target);
      refuseUnknown(headers);
      const type = oneOf(headers, "x-amz-invocation-type", INVOCATION_TYPES);
      const logType = oneOf(headers, "x-amz-log-type", LOG_TYPES);
      const payload = checkedPayload(Body, type);
      const clientContext = checkedClientContext(headers["x-amz-client-context"]);
      const traceHeader = traceHeaderOf(headers);
      const event = { requestId, payload, functionArn: reference.arn, traceHeader };
      if (type === "DryRun") return new RawResponse(204);
      if (type === "Event") {
        // Lambda accepts a client context here, too, and does not pass it on.
        asyncInvocations.enqueue(target, event);
        await invoker.room(target);
        return new RawResponse(202);
      }
      const invocation = { ...event, ...clientContext };
      return responseTo(await invoker.invoke(target, invocation), logType === "Tail");
    },
  });
  const path = "/2015-03-31/functions/{FunctionName}/invocations";
  return { name: "Invoke", method: "POST", path, body: "raw", operation };
}

function refuseUnknown(headers: OperationContext["headers"]): void {
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
  headers: OperationContext["headers"],
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
    throw invalidContent(
      `Could not parse request body into json: Could not parse payload into json: ${reason}`,
    );
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

function responseTo({ payload, functionError, log }: InvocationResult, tail: boolean): RawResponse {
  const headers = {
    "Content-Type": "application/json",
    "X-Amz-Executed-Version": "$LATEST",
    ...(functionError && { "X-Amz-Function-Error": functionError }),
    ...(tail && { "X-Amz-Log-Result": encodedTail(log) }),
  };
  return new RawResponse(200, headers, payload);
}

function encodedTail(log: readonly string[]): string {
  const text = log.map((line) => (line.endsWith("\n") ? line : `${line}\n`)).join("");
  return Buffer.from(lastBytes(text, LOG_TAIL_BYTES)).toString("base64");
}
