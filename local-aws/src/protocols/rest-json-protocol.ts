import type { Iam } from "../iam/index.ts";
import { AwsError, notImplemented } from "./aws-error.ts";
import { parseJsonBody } from "./json-body.ts";
import { type AwsRequest, type Operation, runOperation, type Service } from "./operation.ts";
import { decodeSegment } from "./path-segment.ts";

/** An operation and the method and path that call it. */
export interface Route {
  /** The operation's name, such as `CreateStage`. */
  name: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/v2/apis/{apiId}/stages/{stageName}`: each name in braces becomes a parameter of the input. */
  path: string;
  /** Status of a success: 200 unless said otherwise. One of 204 has no body. */
  status?: number;
  operation: Operation;
}

/**
 * AWS's REST JSON: the input is what stands in the path, the query string and the JSON body.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export function restJsonProtocol(options: {
  iam: Iam;
  /** The IAM action of a request, such as `lambda:CreateFunction`. */
  action(route: Route): string;
  /** The service's own name for what isn't implemented. */
  prefix: string;
  routes: readonly Route[];
  /** The members of an error's body beside `message`: Lambda adds `Type`. */
  errorBody?(error: AwsError): Record<string, string>;
  /** The service's own code for an error, where it isn't the common one. */
  errorCode?(error: AwsError): string;
}): Service {
  const { iam, action, prefix, errorBody, errorCode } = options;
  const matchers = options.routes.map((route) => ({ route, match: matcher(route.path) }));
  return async (request) => {
    try {
      for (const { route, match } of matchers) {
        const parameters = route.method === request.method ? match(request.path) : undefined;
        if (parameters === undefined) continue;
        const input = { ...queryOf(request), ...bodyOf(request), ...parameters };
        const output = await runOperation(iam, action(route), route.operation, input, request);
        if (route.status === 204) return { status: 204 };
        return json(route.status ?? 200, output ?? {});
      }
      throw notImplemented(`${prefix} ${request.method} ${request.path}`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const body = errorBody?.(error) ?? { message: error.message };
      const code = errorCode?.(error) ?? error.code;
      const headers = { "X-Amzn-ErrorType": code, ...error.headers };
      return json(error.status, { ...body, ...error.members }, headers);
    }
  };
}

const json = (status: number, body: unknown, headers = {}) => ({
  status,
  headers: { "Content-Type": "application/json", ...headers },
  body: JSON.stringify(body),
});

/** Answers whether a path has the template's form, and with which parameters. */
function matcher(template: string): (path: string) => Record<string, string> | undefined {
  const names = Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, "([^/]+)")}/?$`);
  return (path) => {
    const values = pattern.exec(path)?.slice(1);
    if (values === undefined) return undefined;
    return Object.fromEntries(
      names.map((name, index) => [name, decodeSegment(values[index] ?? "")]),
    );
  };
}

/** A repeated parameter is a list, as `tagKeys` of UntagResource; a single one is a string. */
function queryOf({ query }: AwsRequest): Record<string, unknown> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 ? values[0] : values];
    }),
  );
}

function bodyOf({ body }: AwsRequest): object {
  const parsed = parseJsonBody(body);
  if (typeof parsed === "object" && parsed !== null) return parsed;
  throw new AwsError(400, "SerializationException", "The request body is not a JSON object.");
}
