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

test("texts become numbers, booleans and lists where the schema has them", () => {
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
])("the parameter %s stays the text %s, which the schema refuses", ([name = "", text]) => {
  const input = typedInput(schema, { Name: "a", [name]: text });
  expect(input).toEqual({ Name: "a", [name]: text });
  expect(v.safeParse(schema, input)).toMatchObject({ success: false });
});
