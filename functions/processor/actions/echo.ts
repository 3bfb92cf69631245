import * as v from "valibot";
import { defineAction } from "../action.ts";

/** Returns `data` as it came. */
export const echo = defineAction({
  input: v.pipe(v.unknown(), v.examples([{ any: ["thing"] }])),
  run: (data) => data,
});
