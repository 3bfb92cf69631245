import { firstUnits } from "../cut-text.ts";
import { AwsError, notImplemented } from "./aws-error.ts";
import type { PermissionCheck } from "./caller.ts";
import type { FlattenedMembers } from "./flattened-members.ts";
import type { AwsResponse, Operation, Service } from "./operation.ts";
import type { InputErrors } from "./input-errors.ts";
import { createService } from "./pipeline.ts";
import { typedInput } from "./query-input.ts";
import { element } from "./xml.ts";

/**
 * The AWS query protocol: a request is a form with `Action` and `Version`, and a response is XML.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export function queryProtocol(options: {
  authorize: PermissionCheck;
  /** How the service reports an input that does not satisfy its model. Default: as most services. */
  inputErrors?: InputErrors;
  /** The service's prefix in IAM actions, such as `iam`. */
  prefix: string;
  /** The API's version, such as `2010-05-08`. */
  version: string;
  namespace: string;
  operations: Readonly<Record<string, Operation>>;
  /** The service's own codes of errors. Default: the common ones. */
  queryCode?(error: AwsError): string;
  /** The flattened members of an operation's input and output. Default: none. */
  flattened?(operation: string): FlattenedMembers;
  /** The parameter that a client can send as the path of the URL. Default: none. */
  pathParameter?: string;
}): Service {
  const { version, namespace, operations, pathParameter } = options;
  return createService({
    ...options,
    route({ body, path, requestId }) {
      const form = new URLSearchParams(body.toString());
      const name = form.get("Action") ?? "";
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (operation === undefined || form.get("Version") !== version)
        throw notImplemented(`${options.prefix}:${name || path}`);
      form.delete("Action");
      form.delete("Version");
      if (pathParameter !== undefined && path !== "/" && !form.has(pathParameter))
        form.set(pathParameter, path);
      const flattened = options.flattened?.(name) ?? {};
      const input = typedInput(operation.input, unflatten(form), flattened);
      const response = (output: unknown) => {
        const result = output === undefined ? {} : { [`${name}Result`]: output };
        const content = { ...result, ResponseMetadata: { RequestId: requestId } };
        return xml(200, `${name}Response`, { namespace, content, flattened });
      };
      return { name, operation, input, response };
    },
    errorResponse: (error, { requestId }) =>
      queryError(error, namespace, requestId, options.queryCode?.(error)),
  });
}

/** An error in the protocol's form. */
export function queryError(
  { code, message, status }: AwsError,
  namespace: string,
  requestId: string,
  ownCode = queryCode(code),
): AwsResponse {
  const content = {
    Error: {
      Type: faultOf(status),
      Code: ownCode,
      Message: message,
    },
    RequestId: requestId,
  };
  return xml(status, "ErrorResponse", { namespace, content });
}

/**
 * The header from which clients of services that had the query protocol first take the code of an error.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-protocols-awsquerycompatible-trait
 */
export const queryErrorHeader = (status: number, code: string) => ({
  "x-amzn-query-error": `${code};${faultOf(status)}`,
});

const faultOf = (status: number) => (status < 500 ? "Sender" : "Receiver");

/**
 * The errors that every AWS service has are named differently in this protocol.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
 */
export const queryCode = (code: string): string => queryCodes[code] ?? code;

const queryCodes: Readonly<Record<string, string>> = {
  AccessDeniedException: "AccessDenied",
  IncompleteSignatureException: "IncompleteSignature",
  InvalidSignatureException: "SignatureDoesNotMatch",
  MissingAuthenticationTokenException: "MissingAuthenticationToken",
  SerializationException: "MalformedInput",
  UnrecognizedClientException: "InvalidClientTokenId",
  ValidationException: "ValidationError",
};

function xml(
  status: number,
  root: string,
  options: { namespace: string; content: object; flattened?: FlattenedMembers },
): AwsResponse {
  const { namespace, content, flattened = {} } = options;
  const attributes = ` xmlns="${namespace}"`;
  const body = element(root, content, { attributes, flattened });
  return { status, headers: { "Content-Type": "text/xml" }, body };
}

type Tree = { [name: string]: Tree | string };

/** Names in a key. Our choice: the longest of AWS's own APIs have about ten. */
const NESTING_LIMIT = 32;

/**
 * `Tags.member.1.Key=a` as `{Tags: [{Key: "a"}]}`. Every value stays a string; an empty list is
 * sent as `Tags=`.
 * @throws {AwsError} 400 ValidationException, where a key is nested too deeply.
 */
function unflatten(form: URLSearchParams): unknown {
  const tree: Tree = Object.create(null);
  for (const [key, value] of form) {
    const names = key.split(".", NESTING_LIMIT + 1);
    if (names.length > NESTING_LIMIT)
      throw new AwsError(
        400,
        "ValidationException",
        `A key of the form data is nested more than ${NESTING_LIMIT} levels deep: ${firstUnits(key, 80)}…`,
      );
    const last = names.pop() ?? key;
    let node = tree;
    for (const name of names) {
      const child = node[name];
      node = typeof child === "object" ? child : (node[name] = Object.create(null) as Tree);
    }
    node[last] = value;
  }
  return listsOf(tree);
}

function listsOf(tree: Tree | string): unknown {
  if (typeof tree === "string") return tree;
  const members = tree["member"];
  if (members !== undefined && typeof members === "object") {
    return Object.entries(members)
      .toSorted(([a], [b]) => Number(a) - Number(b))
      .map(([, member]) => listsOf(member));
  }
  return Object.fromEntries(Object.entries(tree).map(([name, child]) => [name, listsOf(child)]));
}
