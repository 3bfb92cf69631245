import type { Iam } from "../iam/index.ts";
import { AwsError, notImplemented } from "./aws-error.ts";
import { parseJsonBody } from "./json-body.ts";
import { type Operation, runOperation, type Service } from "./operation.ts";

/**
 * AWS JSON 1.0 and 1.1: every request is a POST to `/` that names its operation in `X-Amz-Target`.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonProtocol(options: {
  iam: Iam;
  /** The service's prefix in IAM actions, such as `logs`. */
  prefix: string;
  /** What stands before the operation's name in `X-Amz-Target`, such as `Logs_20140328`. */
  target: string;
  version: "1.0" | "1.1";
  operations: Readonly<Record<string, Operation>>;
  /** Further headers of an error, as SQS has for clients of its older protocol. */
  errorHeaders?(error: AwsError): Record<string, string>;
}): Service {
  const { iam, prefix, target, version, operations, errorHeaders } = options;
  const contentType = { "Content-Type": `application/x-amz-json-${version}` };
  return async (request) => {
    try {
      const [service, name = ""] = (request.headers["x-amz-target"] ?? "").split(".");
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (service !== target || operation === undefined)
        throw notImplemented(`${prefix}:${name || request.path}`);
      const input = parseJsonBody(request.body);
      const output = await runOperation(iam, `${prefix}:${name}`, operation, input, request);
      return { status: 200, headers: contentType, body: JSON.stringify(output ?? {}) };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return {
        status: error.status,
        headers: { ...contentType, ...error.headers, ...errorHeaders?.(error) },
        body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
      };
    }
  };
}
