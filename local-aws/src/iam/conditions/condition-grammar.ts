/** Conditions by operator and key, as in the element Condition of a statement. */
export type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const comparisons = ["LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
const operators: ReadonlySet<string> = new Set([
  ...["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
  ...["StringLike", "StringNotLike"],
  ...["Equals", "NotEquals", ...comparisons].flatMap((each) => [`Numeric${each}`, `Date${each}`]),
  ...["Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"],
  ...["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"],
]);

/**
 * Returns the operator of a condition without its prefix and suffix, or undefined if it does not exist.
 */
export function operatorOf(name: string): string | undefined {
  const operator = name.replace(/^For(AnyValue|AllValues):/, "").replace(/IfExists$/, "");
  return operators.has(operator) ? operator : undefined;
}

/** Returns whether all values that a condition compares as dates are valid. */
export const areDates = (condition: Condition): boolean =>
  Object.entries(condition).every(
    ([name, keys]) =>
      operatorOf(name)?.startsWith("Date") !== true ||
      Object.values(keys)
        .flat()
        .every((value) => isDate(String(value))),
  );

const DATE = /^(-?\d+)(-(0?[1-9]|1[0-2])(-(0?[1-9]|[12]\d|3[01]))?)?$/;
const TIME =
  /^([01]?\d|2[0-3])?(:[0-5]?\d(:[0-5]?\d(\.\d{1,9})?(z|[+-]([01]\d|2[0-3])(:[0-5]\d)?)?)?)?$/;

/**
 * Returns whether a text is an ISO 8601 date, of which parts can be missing, or a number of milliseconds
 * since the epoch in 63 bits.
 */
function isDate(text: string): boolean {
  if (/^\d+$/.test(text)) return BigInt(text) < 2n ** 63n;
  const [date = "", time = "", ...rest] = text.toLowerCase().split("t");
  return DATE.test(date) && TIME.test(time) && rest.length === 0;
}
