import { AwsError, notImplemented } from "./aws-error.ts";
import type { PermissionCheck } from "./caller.ts";
import { parseJsonBody } from "./json-body.ts";
import type { AwsRequest, AwsResponse, Operation, Service } from "./operation.ts";
import { decodeSegment } from "./path-segment.ts";
import type { InputErrors } from "./input-errors.ts";
import { createService } from "./pipeline.ts";

/** An operation and the method and path that call it. */
export interface Route {
  /** The operation's name, such as `CreateStage`. */
  name: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /**
   * `/v2/apis/{apiId}/stages/{stageName}`: each name in braces becomes a parameter of the input. One with
   * a plus sign, such as `{path+}`, takes several segments.
   */
  path: string;
  /** Parameters that the query string must have. Default: none. */
  query?: Readonly<Record<string, string>>;
  /** Status of a success: 200 unless said otherwise. One of 204 has no body. */
  status?: number;
  /**
   * `json`: each member of the body becomes a parameter of the input. `raw`: the bytes of the body
   * become the parameter `Body`. Default: `json`.
   */
  body?: "json" | "raw";
  operation: Operation;
}

/** The output of an operation that writes its response itself. */
export class RawResponse implements AwsResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;

  constructor(status: number, headers: Record<string, string> = {}, body: string | Buffer = "") {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/**
 * AWS's REST JSON: the input is in the path, the query string and the body.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export function restJsonProtocol(options: {
  authorize: PermissionCheck;
  /** How the service reports an input that does not satisfy its model. Default: as most services. */
  inputErrors?: InputErrors;
  /** The service's prefix in IAM actions, such as `lambda`. */
  prefix: string;
  /** The first route that matches a request takes it. */
  routes: readonly Route[];
  /** The error for a request that no route takes. Default: 501, with the method and the path. */
  unknownRoute?(request: AwsRequest): AwsError | undefined;
  /**
   * The body of an error, without its further members. Undefined: the response has no body. Default:
   * `message`. Lambda adds `Type`.
   */
  errorBody?(error: AwsError): Record<string, string> | undefined;
  /** Returns the service's own code for an error. Default: the common one. */
  errorCode?(error: AwsError): string;
}): Service {
  const { prefix, unknownRoute, errorBody = messageOf, errorCode } = options;
  const matchers = options.routes.map((route) => ({ route, match: matcher(route.path) }));
  return createService({
    ...options,
    route(request) {
      for (const { route, match } of matchers) {
        const parameters = route.method === request.method ? match(request.path) : undefined;
        if (parameters === undefined || !hasQuery(route, request)) continue;
        const { name, operation, status = 200 } = route;
        const body = route.body === "raw" ? { Body: request.body } : bodyOf(request);
        const input = { ...queryOf(request), ...body, ...parameters };
        return { name, operation, input, response: (output) => success(status, output) };
      }
      throw (
        unknownRoute?.(request) ?? notImplemented(`${prefix} ${request.method} ${request.path}`)
      );
    },
    errorResponse(error) {
      const code = errorCode?.(error) ?? error.code;
      const headers = { ...JSON_TYPE, "X-Amzn-ErrorType": code, ...error.headers };
      const content = errorBody(error);
      if (content === undefined) return { status: error.status, headers };
      return {
        status: error.status,
        headers,
        body: JSON.stringify({ ...error.members, ...content }),
      };
    },
  });
}

/**
 * Returns an `unknownRoute` that names the operation, if it is one of these.
 * @param operations such as `GET /functions/{FunctionName}/urls?List=ALL ListFunctionUrlConfigs`.
 */
export const missingOperation =
  (prefix: string, operations: readonly string[]) =>
  (request: AwsRequest): AwsError | undefined => {
    for (const operation of operations) {
      const [method, target = "", name] = operation.split(" ");
      const [path = "", query = ""] = target.split("?");
      const route = { query: Object.fromEntries(new URLSearchParams(query)) };
      if (method === request.method && matcher(path)(request.path) && hasQuery(route, request))
        return notImplemented(`${prefix}:${name}`);
    }
    return undefined;
  };

const hasQuery = ({ query }: Pick<Route, "query">, request: AwsRequest): boolean =>
  query === undefined ||
  Object.entries(query).every(([name, value]) => request.query.get(name) === value);

function success(status: number, output: unknown): AwsResponse {
  if (output instanceof RawResponse) return output;
  if (status === 204) return { status };
  return { status, headers: JSON_TYPE, body: JSON.stringify(output ?? {}) };
}

const JSON_TYPE = { "Content-Type": "application/json" };

const messageOf = ({ message }: AwsError) => ({ message });

/**
 * Reads the parameters of a path that has the form of the template. Clients may percent-encode the
 * character `@`.
 */
function matcher(template: string): (path: string) => Record<string, string> | undefined {
  const names = Array.from(template.matchAll(/\{(\w+)\+?\}/g), ([, name = ""]) => name);
  const form = template
    .replace(/\{\w+\}/g, "([^/]+)")
    .replace(/\{\w+\+\}/g, "(.+)")
    .replaceAll("@", "(?:@|%40)");
  const pattern = new RegExp(`^${form}/?$`);
  return (path) => {
    const match = pattern.exec(path);
    if (match === null) return undefined;
    const parameters: Record<string, string> = {};
    for (const [index, name] of names.entries())
      parameters[name] = decodeSegment(match[index + 1] ?? "");
    return parameters;
  };
}

/** A repeated parameter is a list, as `tagKeys` of UntagResource; a single one is a string. */
function queryOf({ query }: AwsRequest): Record<string, unknown> {
  if (query.size === 0) return {};
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
