import * as v from "valibot";
import type { Actions } from "../../functions/processor/actions/index.ts";

/** The schemas of the values that actions return or yield. The compiler compares each with its action. */
export type Schemas<Types, Member extends keyof Types[keyof Types]> = {
  readonly [Name in keyof Types]?: v.GenericSchema<unknown, Types[Name][Member]>;
};

/**
 * The results of actions. The type of the value that `run` returns does not exist at run time. An action
 * without a schema can return any JSON value. A test compares the schemas with real replies.
 */
export const results: Schemas<Actions, "result"> = {
  uppercase: v.string(),
  reverse: v.string(),
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
};

/** The values that streaming actions yield. Only a streaming action can have a schema here. */
export const progress: Schemas<Actions, "progress"> = {};
