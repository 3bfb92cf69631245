import * as v from "valibot";
import { notImplemented } from "./aws-error.ts";

/**
 * Returns the schema of a parameter for which the local AWS implements only some values. The response to
 * any other value is 501, because AWS may accept it.
 */
export function only<const Value extends string | number | boolean>(
  parameter: string,
  ...values: readonly Value[]
): v.GenericSchema<unknown, Value> {
  return v.custom<Value>((input) => {
    if (values.some((value) => value === input)) return true;
    throw notImplemented(`${parameter} ${JSON.stringify(input)}`);
  });
}
