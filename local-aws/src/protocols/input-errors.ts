import type * as v from "valibot";
import { AwsError, notImplemented } from "./aws-error.ts";
import { actionsOf, childOf, type SchemaNode } from "./schema-node.ts";

/** How a service reports an input that does not satisfy its model. */
export interface InputErrors {
  /** The code of the error for a value outside the constraints of its member. */
  code: string;
  /** Whether the message leaves out the values of the request and of enums. Default: no. */
  hidesValues?: boolean;
  /** The error for a missing member. Default: the constraint that the member must not be null. */
  missing?(member: string): AwsError;
}

/** The errors of most services. The query protocol calls this code `ValidationError`. */
export const defaultInputErrors: InputErrors = { code: "ValidationException" };

/** Why an input does not satisfy a schema. */
type Issue = v.BaseIssue<unknown>;

const CONSTRAINT = "Member must ";

/**
 * The configuration with which an input is parsed: the message of an issue is AWS's constraint that the
 * value violates. A schema can have its own message: a constraint, such as `Member must satisfy
 * regular expression pattern: [a-z]+`, or a whole message, which the client gets as it is.
 */
export const inputConfig: v.Config<Issue> = { message: constraintOf };

/**
 * The error for an input that does not satisfy the schema of its operation. A service first reads the
 * members of its model, then checks their constraints, and then everything else.
 * @param operation with its service, such as `logs:GetLogEvents`.
 */
export function inputError(
  operation: string,
  schema: SchemaNode,
  found: readonly Issue[],
  { code, hidesValues = false, missing }: InputErrors,
): AwsError {
  const issues = found.flatMap(issuesOfUnion).map((issue) => locate(schema, issue));
  // A parameter that is not implemented can be the reason why others are missing.
  const unknown = issues.find(isUnknown);
  if (unknown !== undefined)
    return notImplemented(`the parameter ${requestPath(unknown)} of ${operation}`);
  const wrongType = issues.find(isWrongType);
  if (wrongType !== undefined)
    return new AwsError(400, "SerializationException", wrongTypeMessage(wrongType));
  const absent = issues.find(isMissing);
  if (missing !== undefined && absent !== undefined) return missing(requestPath(absent));
  const violations = issues.filter(({ message }) => message.startsWith(CONSTRAINT));
  const message =
    violations.length > 0
      ? `${violations.length} validation ${violations.length === 1 ? "error" : "errors"} detected: ` +
        violations.map((issue) => violationMessage(issue, hidesValues)).join("; ")
      : (issues[0]?.message ?? "");
  return new AwsError(400, code, message);
}

/** An issue, and where in the schema it is. */
interface LocatedIssue extends Issue {
  /** The containers of the value, the outermost first. */
  place: readonly Step[];
  /** The schema of the value. */
  schema: SchemaNode | undefined;
}

/** A container, and the name or the index of a value in it. */
interface Step {
  kind: "list" | "map" | "structure";
  key: string | number;
  container: unknown;
}

function locate(root: SchemaNode, issue: Issue): LocatedIssue {
  let schema: SchemaNode | undefined = root;
  const place = (issue.path ?? []).map(({ key, input }): Step => {
    const child = schema && childOf(schema, String(key));
    schema = child?.schema;
    return { kind: child?.kind ?? "structure", key: key as string | number, container: input };
  });
  return { ...issue, place, schema };
}

/**
 * The issues of the alternative that has the type of the input, if a schema has several alternatives. Only
 * such an alternative has issues below the union.
 */
function issuesOfUnion(issue: Issue): Issue[] {
  const inside = issue.issues?.filter(({ path }) => path !== undefined) ?? [];
  if (inside.length === 0) return [issue];
  return inside.flatMap((each) => {
    const [first, ...rest] = [...(issue.path ?? []), ...(each.path ?? [])];
    return first === undefined ? [] : issuesOfUnion({ ...each, path: [first, ...rest] });
  });
}

const isUnknown = ({ type, expected }: Issue) => type === "strict_object" && expected === "never";

const isMissing = ({ type, expected }: Issue) =>
  type === "strict_object" && expected?.startsWith('"') === true;

/** The constraint of AWS that a value violates. The message of a wrong type is not read. */
function constraintOf(issue: Issue): string {
  const { type, requirement, expected, message } = issue;
  if (isMissing(issue)) return `${CONSTRAINT}not be null`;
  const bound = bounds[type === "length" ? lengthBound(issue) : type];
  if (bound !== undefined) return `${CONSTRAINT}have ${bound} ${String(requirement)}`;
  if (type === "regex" && requirement instanceof RegExp)
    return `${CONSTRAINT}satisfy regular expression pattern: ${patternOf(requirement)}`;
  if (type !== "picklist") return message;
  const values = Array.from(expected?.matchAll(/"([^"]*)"/g) ?? [], ([, value]) => value);
  return `${CONSTRAINT}satisfy enum value set: [${values.join(", ")}]`;
}

const bounds: Readonly<Record<string, string>> = {
  max_length: "length less than or equal to",
  max_value: "value less than or equal to",
  min_length: "length greater than or equal to",
  min_value: "value greater than or equal to",
};

/** A list that has a single length is too long or too short. */
const lengthBound = ({ received, requirement }: Issue) =>
  Number(received) > Number(requirement) ? "max_length" : "min_length";

/** A pattern of a model matches the whole value, so it has no anchors. */
const patternOf = ({ source }: RegExp) => source.replace(/^\^|\$$/g, "").replaceAll("\\/", "/");

function violationMessage(issue: LocatedIssue, hides: boolean) {
  const { input, message, place } = issue;
  const isMissingMember = isMissing(issue);
  const last = place.at(-1);
  // A list or a map of scalars is one value, with the constraints of its items.
  const isItem = last !== undefined && last.kind !== "structure" && !isMissingMember;
  const value = isItem ? last.container : input;
  const path = modelPath(isItem ? place.slice(0, -1) : place);
  const ofMap = issue.path?.at(-1)?.origin === "key" ? "Map keys" : "Map value";
  const part = last?.kind === "list" ? "Member" : ofMap;
  const constraint = isItem ? `${part} must satisfy constraint: [${message}]` : message;
  const shown = hides ? "" : isMissingMember ? " null" : ` '${javaText(value)}'`;
  const text = `Value${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
  return hides ? text.replace(/(satisfy enum value set): \[.*?\]/, "$1") : text;
}

/** `[a, b]` and `{a=b}`, as Java prints a list and a map. */
function javaText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).map(([key, each]) => `${key}=${javaText(each)}`);
  return `{${entries.join(", ")}}`;
}

/** `tags.1.member.key`: the names of members begin in lower case, and lists with 1. */
const modelPath = (place: readonly Step[]): string =>
  place
    .map(({ kind, key }) => {
      if (kind === "list") return `${Number(key) + 1}.member`;
      return kind === "map" ? `${key}.member` : lowerFirst(String(key));
    })
    .join(".");

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** `Metrics[0].AccountId`: in the names of the request. */
const requestPath = ({ place }: LocatedIssue): string =>
  place
    .map(({ kind, key }) => (kind === "list" ? `[${key}]` : `.${key}`))
    .join("")
    .replace(/^\./, "");

/** What a value of a type is not, by the type of its schema. */
const conversions: Readonly<Record<string, string>> = {
  base64: "a Blob",
  boolean: "an Boolean",
  date: "milliseconds since epoch",
  integer: "an Integer",
  number: "an Double",
  string: "an String",
};

/** By the type of a schema, if the value is neither a list nor a structure. */
const containers: Readonly<Record<string, string>> = {
  array: "Expected list or null",
  record: "Expected map or null",
  strict_object: "Expected null",
};

const isWrongType = (issue: Issue) =>
  !isMissing(issue) &&
  issue.input !== undefined &&
  (Object.hasOwn(conversions, issue.type) || Object.hasOwn(containers, issue.type));

/** As recorded: https://github.com/mhart/kinesalite/blob/master/validations/index.js */
function wrongTypeMessage({ type, input, schema }: LocatedIssue): string {
  const name = javaClasses[typeof input];
  if (Array.isArray(input)) return "Start of list found where not expected";
  if (name === undefined) return "Start of structure or map found where not expected.";
  const isInteger = schema !== undefined && actionsOf(schema).includes("integer");
  const conversion = conversions[isInteger ? "integer" : type];
  return containers[type] ?? `class ${name} can not be converted to ${conversion}`;
}

const javaClasses: Readonly<Record<string, string>> = {
  bigint: "com.amazon.coral.value.json.numbers.TruncatingBigNumber",
  boolean: "java.lang.Boolean",
  number: "com.amazon.coral.value.json.numbers.TruncatingBigNumber",
  string: "java.lang.String",
};
