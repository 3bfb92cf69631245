import { AwsError, notImplemented } from "./aws-error.ts";
import type { PermissionCheck } from "./caller.ts";
import { CborError, decodeCbor } from "./cbor/decode.ts";
import { encodeCbor } from "./cbor/encode.ts";
import type { CborMap, CborValue } from "./cbor/value.ts";
import type { AwsRequest, AwsResponse, Operation, Service } from "./operation.ts";
import type { InputErrors } from "./input-errors.ts";
import { createService } from "./pipeline.ts";
import { queryErrorHeader } from "./query-protocol.ts";

/** The value of the header `Smithy-Protocol` in every request and response. */
export const RPC_V2_CBOR = "rpc-v2-cbor";

const PROTOCOL = { "smithy-protocol": RPC_V2_CBOR };
const CONTENT_TYPE = "application/cbor";

/** The namespace of the errors that all services have in common. */
const COMMON_NAMESPACE = "com.amazon.coral.service";

/**
 * Smithy RPC v2 CBOR: every request is a POST to `/service/{service}/operation/{operation}`. Times are
 * dates in inputs and outputs, blobs are byte arrays.
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2-cbor.html
 */
export function rpcV2CborProtocol(options: {
  authorize: PermissionCheck;
  /** How the service reports an input that does not satisfy its model. Default: as most services. */
  inputErrors?: InputErrors;
  /** The service's prefix in IAM actions, such as `cloudwatch`. */
  prefix: string;
  /** The service's name in its Smithy model, such as `GraniteServiceVersion20100801`. */
  service: string;
  /** The namespace of its Smithy model, such as `com.amazonaws.cloudwatch`. */
  namespace: string;
  /** The errors of its Smithy model. Any other error is one of all services. */
  errors: readonly string[];
  operations: Readonly<Record<string, Operation>>;
  /** The code of an error in the query protocol, for services whose clients still expect it. */
  queryCode?(error: AwsError): string;
}): Service {
  const { prefix, service, operations, queryCode } = options;
  const path = new RegExp(`/service/(?:${options.namespace}\\.)?${service}/operation/(\\w+)$`);
  return createService({
    ...options,
    route(request) {
      // Our choice, because there is no source: the error code. Smithy says only that it is refused.
      if ((request.headers["x-amz-target"] ?? request.headers["x-amzn-target"]) !== undefined)
        throw malformed("A request with Smithy-Protocol must not have the header X-Amz-Target.");
      const name = request.method === "POST" ? path.exec(request.path)?.[1] : undefined;
      if (name === undefined)
        throw new AwsError(
          404,
          "UnknownOperationException",
          `${request.method} ${request.path} is not an operation: POST to /service/${service}/operation/{operation}.`,
        );
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (operation === undefined) throw notImplemented(`${prefix}:${name}`);
      return { name, operation, input: inputOf(request), response: success };
    },
    errorResponse: (error) =>
      cborError(
        error,
        options.errors.includes(error.code) ? options.namespace : COMMON_NAMESPACE,
        queryCode && queryErrorHeader(error.status, queryCode(error)),
      ),
  });
}

/**
 * An error in the protocol's form.
 * @param namespace of the model that has the error. Default: that of the errors of all services.
 * @param headers further headers.
 */
export function cborError(
  { status, code, message, members, ...error }: AwsError,
  namespace = COMMON_NAMESPACE,
  headers: Record<string, string> = {},
): AwsResponse {
  return {
    status,
    headers: { ...PROTOCOL, "Content-Type": CONTENT_TYPE, ...error.headers, ...headers },
    body: encodeCbor({ __type: `${namespace}#${code}`, message, ...members }),
  };
}

/** An operation without an output has a response without a body. */
function success(output: unknown): AwsResponse {
  if (output === undefined) return { status: 200, headers: PROTOCOL };
  const headers = { ...PROTOCOL, "Content-Type": CONTENT_TYPE };
  return { status: 200, headers, body: encodeCbor(output) };
}

/**
 * The members of the input. A member that is null has no value.
 *
 * Our choice, because there is no source: the error for another `Content-Type`.
 * @throws {AwsError} 400 or 415, if the body is not a map in CBOR.
 */
function inputOf({ headers, body }: AwsRequest): unknown {
  if (body.length === 0) return {};
  const contentType = headers["content-type"] ?? "";
  if (!/^application\/cbor\s*(;|$)/i.test(contentType))
    throw new AwsError(
      415,
      "UnsupportedMediaTypeException",
      `The Content-Type of the request body must be ${CONTENT_TYPE}, not "${contentType}".`,
    );
  const value = decode(body);
  if (!isMap(value)) throw malformed("The request body is not a map.");
  return withoutNulls(value);
}

function decode(body: Buffer): CborValue {
  try {
    return decodeCbor(body);
  } catch (error) {
    if (!(error instanceof CborError)) throw error;
    throw malformed(`The request body is not valid CBOR: ${error.message}.`);
  }
}

function withoutNulls(value: CborValue): CborValue {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

const isMap = (value: CborValue): value is CborMap =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Date) &&
  !(value instanceof Uint8Array);

const malformed = (message: string) => new AwsError(400, "SerializationException", message);
