import * as v from "valibot";
import { defineAction } from "../action.ts";

/** Returns `data` unchanged. */
export const echo = defineAction({
  input: v.pipe(v.unknown(), v.examples([{ any: ["thing"] }])),
  run: (data) => data,
});
