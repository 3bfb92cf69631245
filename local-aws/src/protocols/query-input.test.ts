import * as v from "valibot";
import { expect, test } from "vitest";
import { typedInput } from "./query-input.ts";

const schema = v.strictObject({
  Name: v.string(),
  Count: v.optional(v.pipe(v.number(), v.integer()), 1),
  Enabled: v.exactOptional(v.boolean()),
  Names: v.optional(v.array(v.string()), []),
  Items: v.exactOptional(v.array(v.strictObject({ Id: v.string(), Value: v.number() }))),
});

test("strings become numbers, booleans and lists, as in the schema", () => {
  const input = {
    Name: "1",
    Count: "2",
    Enabled: "false",
    Names: "",
    Items: [
      { Id: "true", Value: "-1.5" },
      { Id: "", Value: "1e3" },
    ],
  };
  expect(typedInput(schema, input)).toEqual({
    Name: "1",
    Count: 2,
    Enabled: false,
    Names: [],
    Items: [
      { Id: "true", Value: -1.5 },
      { Id: "", Value: 1000 },
    ],
  });
});

test.for([
  ["Count", "much"],
  ["Count", ""],
  ["Count", "0x10"],
  ["Enabled", "yes"],
  ["Names", "a"],
  ["Unknown", "1"],
  ["constructor", "1"],
])("the parameter %s stays the string %s, which the schema refuses", ([name = "", text]) => {
  const input = typedInput(schema, { Name: "a", [name]: text });
  expect(input).toEqual({ Name: "a", [name]: text });
  expect(v.safeParse(schema, input)).toMatchObject({ success: false });
});

const flattened = {
  Names: { name: "Name" },
  Tags: { name: "Tag", entry: ["Key", "Value"] },
  Limits: { name: "Limit", entry: ["Name", "Value"] },
} as const;

const flat = v.strictObject({
  Names: v.optional(v.array(v.string()), []),
  Tags: v.optional(v.record(v.string(), v.string()), {}),
  Limits: v.exactOptional(v.record(v.string(), v.strictObject({ Most: v.number() }))),
});

test("the elements of flattened lists and maps are read in the order of their numbers", () => {
  const input = {
    Name: { 10: "c", 2: "b", 1: "a" },
    Tag: { 1: { Key: "stage", Value: "" }, 2: { Key: "__proto__", Value: "1" } },
    Limit: { 1: { Name: "size", Value: { Most: "5" } } },
  };
  expect(typedInput(flat, input, flattened)).toEqual({
    Names: ["a", "b", "c"],
    Tags: Object.fromEntries([
      ["stage", ""],
      ["__proto__", "1"],
    ]),
    Limits: { size: { Most: 5 } },
  });
});

test.for(["Name", "Names"])(
  "an empty flattened list can be sent as %s without a number",
  (name) => {
    expect(typedInput(flat, { [name]: "" }, flattened)).toEqual({ Names: [] });
  },
);

test.for([{ Tag: { 1: { Value: "a" } } }, { Tag: { 1: "a" } }])(
  "an entry without a key, %j, is refused",
  (input) => {
    expect(() => typedInput(flat, input, flattened)).toThrow(
      "The request must contain the parameter Tag.Key.",
    );
  },
);

test.for([
  { Tag: "a" },
  { Name: "a" },
  { Names: { 1: "a" } },
  { Limit: { 1: { Name: "a", Value: "1" } } },
])("%j is not the form of a flattened member, and the schema refuses it", (input) => {
  const typed = typedInput(flat, input, flattened);
  expect(v.safeParse(flat, typed)).toMatchObject({ success: false });
});
