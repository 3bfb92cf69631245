import * as v from "valibot";
import type { Actions } from "../../functions/processor/actions/index.ts";

/** Schemas of what actions return or yield. The compiler compares each with its action. */
export type Schemas<Types, Member extends keyof Types[keyof Types]> = {
  readonly [Name in keyof Types]?: v.GenericSchema<unknown, Types[Name][Member]>;
};

/**
 * The results of actions, because nothing at run time says what `run` returns. An action that is not
 * here is described as returning any JSON. A test compares the schemas with real replies.
 */
export const results: Schemas<Actions, "result"> = {
  uppercase: v.string(),
  reverse: v.string(),
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
};

/** The values that streaming actions yield, in the same way. Only a streaming action can be here. */
export const progress: Schemas<Actions, "progress"> = {};
