import { afterEach, expect, test, vi } from "vitest";
import { list, optional, required } from "./environment.ts";

const NAME = "ENVIRONMENT_TEST";
afterEach(() => vi.unstubAllEnvs());

test("required returns the value of a variable, and throws its name if it is missing or empty", () => {
  const error = new Error("The environment variable ENVIRONMENT_TEST is not set.");
  expect(() => required(NAME)).toThrow(error);
  vi.stubEnv(NAME, "");
  expect(() => required(NAME)).toThrow(error);
  vi.stubEnv(NAME, "here");
  expect(required(NAME)).toBe("here");
});

test("optional returns the value of a variable, and undefined if it is missing or empty", () => {
  expect(optional(NAME)).toBeUndefined();
  vi.stubEnv(NAME, "");
  expect(optional(NAME)).toBeUndefined();
  vi.stubEnv(NAME, "here");
  expect(optional(NAME)).toBe("here");
});

test.for<[string | undefined, string[]]>([
  [undefined, []],
  ["", []],
  [" , ", []],
  ["a", ["a"]],
  [" a,b c ,,d,", ["a", "b c", "d"]],
])("the items of the list %j are %j", ([value, items]) => {
  vi.stubEnv(NAME, value);
  expect(list(NAME)).toEqual(items);
});
