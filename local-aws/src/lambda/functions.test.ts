import { expect, test } from "vitest";
import { emptyState } from "../state.ts";
import { createFunctions } from "./functions.ts";
import { addFunction } from "./testing.ts";

const ARN = "arn:aws:lambda:us-east-1:000000000000:function:processor";

test("a function is found by its ARN, and by its region and name", () => {
  const state = emptyState();
  const functions = createFunctions(state);
  const processor = addFunction(state, "processor", "");
  expect(functions.find(ARN)).toBe(processor);
  expect(functions.named("us-east-1", "processor")).toBe(processor);
  expect(functions.list("us-east-1")).toEqual([processor]);
  expect(functions.regionOf(processor)).toBe("us-east-1");
});

test.for([
  ["another region", ARN.replace("us-east-1", "eu-west-1")],
  ["another account", ARN.replace("000000000000", "111122223333")],
  ["another name", `${ARN}s`],
  ["a qualifier", `${ARN}:$LATEST`],
  ["a member of every object", ARN.replace("processor", "constructor")],
  ["another service", "arn:aws:sqs:us-east-1:000000000000:processor"],
  ["no ARN format", "processor"],
])("no function is found by an ARN with %s", ([, functionArn = ""]) => {
  const state = emptyState();
  addFunction(state, "processor", "");
  const functions = createFunctions(state);
  expect(functions.find(functionArn)).toBeUndefined();
  expect(() => functions.get(functionArn)).toThrow(`Function not found: ${functionArn}`);
  // A lookup does not create a region in the state.
  expect(Object.keys(state.regions)).toEqual(["us-east-1"]);
});

test("a function that was deleted and created again is another function", () => {
  const state = emptyState();
  const functions = createFunctions(state);
  const first = addFunction(state, "processor", "");
  functions.remove(first);
  expect(functions.exists(first)).toBe(false);
  const second = { ...first };
  functions.add(second);
  expect(functions.exists(first)).toBe(false);
  expect(functions.exists(second)).toBe(true);
});
