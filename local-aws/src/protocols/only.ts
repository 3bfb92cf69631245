import * as v from "valibot";
import { notImplemented } from "./aws-error.ts";

/**
 * A parameter that the local AWS knows with some of its values alone. Any other value is answered
 * with 501, because AWS itself might well take it.
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
