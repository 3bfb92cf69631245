import * as v from "valibot";
import type { Operation } from "../protocols/operation.ts";

/**
 * The same operation in AWS JSON, which the aws CLI speaks: what is text in the query protocol, and
 * in the state, is a number, a boolean or a time there.
 */
export const inJson = (operation: Operation): Operation => ({
  ...operation,
  input: v.pipe(v.unknown(), v.transform(textsOf), operation.input),
  handle: async (input, context) => valuesOf(await operation.handle(input, context)),
});

function textsOf(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return mapped(value, (child) => textsOf(child));
}

const numbers = ["DatapointsToAlarm", "EvaluationPeriods", "Period", "Size", "Threshold"];
const booleans = ["ActionsEnabled", "ReturnData"];
const times = ["AlarmConfigurationUpdatedTimestamp", "LastModified", "StateUpdatedTimestamp"];

function valuesOf(value: unknown, name = ""): unknown {
  if (typeof value !== "string") return mapped(value, valuesOf);
  if (numbers.includes(name)) return Number(value);
  if (booleans.includes(name)) return value === "true";
  return times.includes(name) ? Date.parse(value) / 1000 : value;
}

function mapped(value: unknown, map: (child: unknown, name?: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((child: unknown) => map(child));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, map(child, name)]));
}
