import { AwsError } from "./aws-error.ts";

/**
 * Levels of lists and objects in each other, also in CBOR. Our choice: more than any request of AWS
 * has, and less than what a recursive function can take.
 */
export const NESTING_LIMIT = 100;

/**
 * Returns the value of a JSON body, or an empty object if there is none. A member that is null has no value.
 * @throws {AwsError} 400 SerializationException if it is not JSON or is nested too deeply.
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  const value = parse(body.toString());
  if (isTooDeep(value))
    throw invalid(`The request body is nested more than ${NESTING_LIMIT} levels deep.`);
  return withoutNulls(value);
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`The request body is not valid JSON: ${String(cause)}`);
  }
}

/** Level by level, because a recursive function would need the stack that this protects. */
function isTooDeep(value: unknown): boolean {
  let level = [value].filter(isObject);
  for (let depth = 0; depth < NESTING_LIMIT && level.length > 0; depth += 1)
    level = level.flatMap((each) => Object.values(each).filter(isObject));
  return level.length > 0;
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const invalid = (message: string) => new AwsError(400, "SerializationException", message);
