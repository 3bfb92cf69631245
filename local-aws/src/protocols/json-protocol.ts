import { type AwsError, notImplemented } from "./aws-error.ts";
import type { PermissionCheck } from "./caller.ts";
import { parseJsonBody } from "./json-body.ts";
import type { Operation, Service } from "./operation.ts";
import type { InputErrors } from "./input-errors.ts";
import { createService } from "./pipeline.ts";
import { queryErrorHeader } from "./query-protocol.ts";

/**
 * AWS JSON 1.0 and 1.1: every request is a POST to `/` that names its operation in `X-Amz-Target`.
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
 */
export function jsonProtocol(options: {
  authorize: PermissionCheck;
  /** How the service reports an input that does not satisfy its model. Default: as most services. */
  inputErrors?: InputErrors;
  /** The service's prefix in IAM actions, such as `logs`. */
  prefix: string;
  /** The prefix of the operation's name in `X-Amz-Target`, such as `Logs_20140328`. */
  target: string;
  version: "1.0" | "1.1";
  operations: Readonly<Record<string, Operation>>;
  /** The code of an error in the query protocol, for services whose clients still expect it. */
  queryCode?(error: AwsError): string;
}): Service {
  const { prefix, target, version, operations, queryCode } = options;
  const contentType = { "Content-Type": `application/x-amz-json-${version}` };
  const queryHeader = (error: AwsError) =>
    queryCode && queryErrorHeader(error.status, queryCode(error));
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
        body: JSON.stringify(output ?? {}, epochSeconds),
      });
      return { name, operation, input: parseJsonBody(body), response };
    },
    errorResponse: (error) => ({
      status: error.status,
      headers: { ...contentType, ...error.headers, ...queryHeader(error) },
      body: JSON.stringify({ __type: error.code, message: error.message, ...error.members }),
    }),
  });
}

/** Replaces a date by seconds. `JSON.stringify` passes it as the text of its `toJSON`. */
function epochSeconds(this: unknown, key: string, value: unknown): unknown {
  if (typeof value !== "string") return value;
  const date: unknown = Reflect.get(Object(this), key);
  return date instanceof Date ? date.getTime() / 1000 : value;
}
