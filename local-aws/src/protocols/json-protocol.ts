import { type AwsError, notImplemented } from "./aws-error.ts";
import type { PermissionCheck } from "./caller.ts";
import { parseJsonBody } from "./json-body.ts";
import type { Operation, Service } from "./operation.ts";
import { createService } from "./pipeline.ts";

/**
 * AWS JSON 1.0 and 1.1: every request is a POST to `/` that names its operation in `X-Amz-Target`.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonProtocol(options: {
  authorize: PermissionCheck;
  /** The service's prefix in IAM actions, such as `logs`. */
  prefix: string;
  /** What stands before the operation's name in `X-Amz-Target`, such as `Logs_20140328`. */
  target: string;
  version: "1.0" | "1.1";
  operations: Readonly<Record<string, Operation>>;
  /** Further headers of an error, as SQS has for clients of its older protocol. */
  errorHeaders?(error: AwsError): Record<string, string>;
}): Service {
  const { prefix, target, version, operations, errorHeaders } = options;
  const contentType = { "Content-Type": `application/x-amz-json-${version}` };
  return createService({
    ...options,
    route({ headers, path, body }) {
      const [service, name = ""] = (headers["x-amz-target"] ?? "").split(".");
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (service !== target || operation === undefined)
        throw notImplemented(`${prefix}:${name || path}`);
      const response = (output: unknown) => ({
        status: 200,
        headers: contentType,
        body: JSON.stringify(output ?? {}),
      });
      return { name, operation, input: parseJsonBody(body), response };
    },
    errorResponse: (error) => ({
      status: error.status,
      headers: { ...contentType, ...error.headers, ...errorHeaders?.(error) },
      body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
    }),
  });
}
