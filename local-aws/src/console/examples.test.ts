import { expect, test } from "vitest";
import { exampleOf } from "./page/examples.ts";

const text = { type: "string" };

test.for<[string, object, unknown]>([
  ["a constant", { const: "echo", examples: ["other"] }, "echo"],
  ["a default", { type: "string", default: "hi", examples: ["other"] }, "hi"],
  ["an example", { examples: [{ any: ["thing"] }, 2] }, { any: ["thing"] }],
  ["the first of an enumeration", { enum: ["red", "blue"] }, "red"],
  ["a text", text, "hello"],
  ["a text with a minimum length", { type: "string", minLength: 7 }, "hellooo"],
  ["a number", { type: "number" }, 1],
  ["an integer with a minimum", { type: "integer", minimum: 3 }, 3],
  ["a boolean", { type: "boolean" }, true],
  ["a list", { type: "array", items: text }, ["hello"]],
  ["a list of anything", { type: "array" }, []],
  [
    "an object, with its required members",
    { type: "object", properties: { a: text, b: text, c: {} }, required: ["a", "c"] },
    { a: "hello", c: null },
  ],
  ["nothing, for any value", {}, undefined],
  ["nothing, for an unknown form", { $ref: "#/$defs/other" }, undefined],
])("a form starts with %s", ([, schema, value]) => {
  expect(exampleOf({ ...schema })).toEqual(value);
});
