import { invalid } from "../api/function-name.ts";

/** Returns whether a record of an event matches a filter. */
export type RecordFilter = (record: Readonly<Record<string, unknown>>) => boolean;

/**
 * Returns whether the values of a member match: all values of a list, a single value, or none if the
 * member does not exist.
 */
type Test = (values: readonly unknown[]) => boolean;

type Pattern = Readonly<Record<string, unknown>>;

/**
 * Reads the pattern of a filter. A pattern has the form of an event, with a list of the allowed values or
 * rules in the place of each value.
 * @throws {AwsError} 400 InvalidParameterValueException.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function parseFilterPattern(text: string): RecordFilter {
  const pattern = parseJson(text);
  if (!isObject(pattern)) throw invalidPattern();
  const test = testOf(pattern);
  return (record) => test([record]);
}

const invalidPattern = () => invalid("Invalid filter pattern definition.");

const isObject = (value: unknown): value is Pattern =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function testOf(pattern: Pattern): Test {
  const tests = Object.entries(pattern).map(([name, value]) =>
    name === "$or" ? anyOf(value) : memberTest(name, value),
  );
  return (values) =>
    tests.length > 0 &&
    values.some((value) => isObject(value) && tests.every((matches) => matches(value)));
}

function anyOf(value: unknown): (record: Pattern) => boolean {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) throw invalidPattern();
  const tests = value.map(testOf);
  return (record) => tests.some((matches) => matches([record]));
}

function memberTest(name: string, value: unknown): (record: Pattern) => boolean {
  if (isObject(value)) {
    const test = testOf(value);
    return (record) => test(valuesOf(record, name));
  }
  if (!Array.isArray(value) || value.length === 0) throw invalidPattern();
  const tests = value.map(ruleOf);
  return (record) => tests.some((matches) => matches(valuesOf(record, name)));
}

function valuesOf(record: Pattern, name: string): readonly unknown[] {
  if (!Object.hasOwn(record, name)) return [];
  const value = record[name];
  return Array.isArray(value) ? value : [value];
}

const each =
  (matches: (value: unknown) => boolean): Test =>
  (values) =>
    values.some(matches);

function ruleOf(rule: unknown): Test {
  if (!isObject(rule)) {
    if (Array.isArray(rule)) throw invalidPattern();
    return each((value) => value === rule);
  }
  const [[operator, operand] = [""], ...others] = Object.entries(rule);
  const create = Object.hasOwn(rules, operator) ? rules[operator] : undefined;
  if (create === undefined || others.length > 0) throw invalidPattern();
  return create(operand);
}

/** The operators of a rule, by name. */
const rules: Readonly<Record<string, (operand: unknown) => Test>> = {
  exists(operand) {
    if (typeof operand !== "boolean") throw invalidPattern();
    return (values) => values.length > 0 === operand;
  },
  prefix: textRule((value, operand) => value.startsWith(operand)),
  suffix: textRule((value, operand) => value.endsWith(operand)),
  "equals-ignore-case": textRule((value, operand) => value.toLowerCase() === operand.toLowerCase()),
  "anything-but"(operand) {
    const excluded: unknown[] = [operand].flat();
    if (excluded.length === 0 || excluded.some(isNotScalar)) throw invalidPattern();
    return each((value) => !excluded.includes(value));
  },
  numeric(operand) {
    const tests = comparisonsOf(operand);
    return each((value) => typeof value === "number" && tests.every((holds) => holds(value)));
  },
};

const isNotScalar = (value: unknown): boolean =>
  typeof value !== "string" && typeof value !== "number";

function textRule(compare: (value: string, operand: string) => boolean) {
  return (operand: unknown): Test => {
    if (typeof operand !== "string") throw invalidPattern();
    return each((value) => typeof value === "string" && compare(value, operand));
  };
}

const comparisons: Readonly<Record<string, (value: number, operand: number) => boolean>> = {
  "=": (value, operand) => value === operand,
  "<": (value, operand) => value < operand,
  "<=": (value, operand) => value <= operand,
  ">": (value, operand) => value > operand,
  ">=": (value, operand) => value >= operand,
};

/** Reads numeric comparisons, such as `[">", 0, "<=", 5]`. */
function comparisonsOf(operand: unknown): ((value: number) => boolean)[] {
  if (!Array.isArray(operand) || operand.length === 0 || operand.length % 2 > 0)
    throw invalidPattern();
  return Array.from({ length: operand.length / 2 }, (_, index) => {
    const [operator, number]: unknown[] = operand.slice(2 * index, 2 * index + 2);
    const compare = comparisons[String(operator)];
    if (compare === undefined || typeof number !== "number") throw invalidPattern();
    return (value) => compare(value, number);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidPattern();
  }
}
