import type { Clock } from "../clock.ts";

/** Returns the present time as IAM writes it: in ISO 8601, without fractions of a second. */
export const dateOf = (clock: Clock): string =>
  new Date(clock.now()).toISOString().replace(/\.\d+Z$/, "Z");
