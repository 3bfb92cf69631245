import * as v from "valibot";
import { expect, test } from "vitest";
import { defaultInputErrors, inputConfig, inputError, type InputErrors } from "./input-errors.ts";

const name = v.pipe(v.string(), v.maxLength(3), v.regex(/^[\w/]+$/));
const schema = v.strictObject({
  Limit: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000))),
  Name: v.exactOptional(name),
  State: v.exactOptional(v.picklist(["OK", "ALARM"])),
  Names: v.exactOptional(v.pipe(v.array(name), v.maxLength(2))),
  Tags: v.exactOptional(v.array(v.strictObject({ Key: name, Value: v.string() }))),
  Weights: v.exactOptional(v.record(name, v.pipe(v.number(), v.maxValue(1)))),
  Attributes: v.exactOptional(v.record(v.string(), v.strictObject({ DataType: v.string() }))),
  Metrics: v.exactOptional(v.union([v.array(v.strictObject({ Id: v.string() })), v.string()])),
  Zip: v.exactOptional(v.pipe(v.string(), v.base64())),
  One: v.exactOptional(v.pipe(v.array(v.string()), v.length(1))),
  Source: v.exactOptional(v.pipe(v.string(), v.regex(/^a/, "Invalid source"))),
  Period: v.exactOptional(v.pipe(v.number(), v.multipleOf(60, "Member must be a minute"))),
});

function errorOf(input: unknown, errors: InputErrors = defaultInputErrors) {
  const { issues = [] } = v.safeParse(schema, input, inputConfig);
  expect(issues).not.toEqual([]);
  const { status, code, message } = inputError("things:GetThing", schema, issues, errors);
  return `${status} ${code}: ${message}`;
}

const validation = (...errors: string[]) =>
  `400 ValidationException: ${errors.length} validation error${errors.length > 1 ? "s" : ""} detected: ${errors.join("; ")}`;
const at = (member: string, constraint: string) =>
  `at '${member}' failed to satisfy constraint: ${constraint}`;

// https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services
// has AWS's messages for each of these constraints.
test.for<[object, string]>([
  [
    { Limit: 10_001 },
    validation(
      `Value '10001' ${at("limit", "Member must have value less than or equal to 10000")}`,
    ),
  ],
  [
    { Name: "a b c" },
    validation(
      `Value 'a b c' ${at("name", "Member must have length less than or equal to 3")}`,
      `Value 'a b c' ${at("name", "Member must satisfy regular expression pattern: [\\w/]+")}`,
    ),
  ],
  [
    { State: "On" },
    validation(`Value 'On' ${at("state", "Member must satisfy enum value set: [OK, ALARM]")}`),
  ],
  [
    { Names: ["a", "b", "c"] },
    validation(
      `Value '[a, b, c]' ${at("names", "Member must have length less than or equal to 2")}`,
    ),
  ],
  [
    { One: [] },
    validation(`Value '[]' ${at("one", "Member must have length greater than or equal to 1")}`),
  ],
  [
    { Names: ["long"] },
    validation(
      `Value '[long]' ${at("names", "Member must satisfy constraint: [Member must have length less than or equal to 3]")}`,
    ),
  ],
  [
    { Tags: [{ Key: "a", Value: "b" }, { Key: "long" }] },
    validation(
      `Value 'long' ${at("tags.2.member.key", "Member must have length less than or equal to 3")}`,
      `Value null ${at("tags.2.member.value", "Member must not be null")}`,
    ),
  ],
  [
    { Attributes: { size: {} } },
    validation(`Value null ${at("attributes.size.member.dataType", "Member must not be null")}`),
  ],
  [
    { Weights: { a: 2 } },
    validation(
      `Value '{a=2}' ${at("weights", "Map value must satisfy constraint: [Member must have value less than or equal to 1]")}`,
    ),
  ],
  [
    { Weights: { long: 1 } },
    validation(
      `Value '{long=1}' ${at("weights", "Map keys must satisfy constraint: [Member must have length less than or equal to 3]")}`,
    ),
  ],
  [{ Period: 90 }, validation(`Value '90' ${at("period", "Member must be a minute")}`)],
  [{ Source: "b" }, "400 ValidationException: Invalid source"],
  [
    { Source: "b", Limit: 0 },
    validation(`Value '0' ${at("limit", "Member must have value greater than or equal to 1")}`),
  ],
])("a value outside a constraint is refused in the words of AWS: %j", ([input, message]) => {
  expect(errorOf(input)).toBe(message);
});

test("a service can have its own code, hide values, or have its own error for a missing member", () => {
  const errors = { code: "InvalidParameterException" };
  expect(errorOf({ Limit: 0 }, errors)).toMatch(/^400 InvalidParameterException: 1 validation/);
  const message =
    "2 validation errors detected: Value at 'name' failed to satisfy constraint: Member must have length less than or equal to 3; " +
    "Value at 'state' failed to satisfy constraint: Member must satisfy enum value set";
  expect(errorOf({ Name: "long", State: "On" }, { ...errors, hidesValues: true })).toBe(
    `400 InvalidParameterException: ${message}`,
  );
  const missing = (member: string) => inputError("", schema, [], { code: `Missing ${member}` });
  expect(errorOf({ Tags: [{ Key: "a" }], Limit: 0 }, { ...errors, missing })).toBe(
    "400 Missing Tags[0].Value: ",
  );
});

test.for<[object, string]>([
  [{ Color: 1 }, "Color"],
  [{ Tags: [{ Key: "a", Value: "b" }, { Color: "c" }] }, "Tags[1].Color"],
  [{ Metrics: [{ Id: "a", AccountId: "1" }] }, "Metrics[0].AccountId"],
  [{ Metrics: [{ AccountId: "1" }], Limit: 0, Name: 1 }, "Metrics[0].AccountId"],
  [{ Attributes: { size: { StringListValues: [] } } }, "Attributes.size.StringListValues"],
])("a parameter that is not implemented is named: %j", ([input, path]) => {
  expect(errorOf(input)).toBe(
    `501 NotImplemented: The local AWS does not implement the parameter ${path} of things:GetThing.`,
  );
});

test("a missing member in one alternative of a union is named", () => {
  expect(errorOf({ Metrics: [{}] })).toBe(
    validation(`Value null ${at("metrics.1.member.id", "Member must not be null")}`),
  );
});

const NUMBER = "com.amazon.coral.value.json.numbers.TruncatingBigNumber";

test.for<[object, string]>([
  [{ Limit: "1" }, "class java.lang.String can not be converted to an Integer"],
  [{ Weights: { a: true } }, "class java.lang.Boolean can not be converted to an Double"],
  [{ Name: 1 }, `class ${NUMBER} can not be converted to an String`],
  [{ Name: ["a"] }, "Start of list found where not expected"],
  [{ Name: { a: 1 } }, "Start of structure or map found where not expected."],
  [{ Names: "a" }, "Expected list or null"],
  [{ Names: { a: 1 } }, "Start of structure or map found where not expected."],
  [{ Weights: "a" }, "Expected map or null"],
  [{ Tags: ["a"] }, "Expected null"],
  [{ Zip: "?" }, "class java.lang.String can not be converted to a Blob"],
  [{ Limit: 0, Name: 1 }, `class ${NUMBER} can not be converted to an String`],
])("a value of the wrong type is refused: %j", ([input, message]) => {
  expect(errorOf(input)).toBe(`400 SerializationException: ${message}`);
});
