import * as v from "valibot";
import type { actions } from "../../functions/processor/actions/index.ts";

type Actions = typeof actions;
type ResultOf<Name extends keyof Actions> = Awaited<ReturnType<Actions[Name]["run"]>>;

/**
 * What comes of an action, as far as somebody wrote it down: at run time there is no trace of what
 * `run` returns. An action that isn't here is described as giving any JSON. The compiler compares
 * each with the action, and a test with real replies.
 */
export const results: {
  readonly [Name in keyof Actions]?: v.GenericSchema<unknown, ResultOf<Name>>;
} = {
  uppercase: v.string(),
  reverse: v.string(),
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
};
