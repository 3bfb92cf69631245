import * as v from "valibot";
import { defineAction } from "../action.ts";

/** Returns `data` as it came. */
export const echo = defineAction({
  input: v.unknown(),
  run: (data) => data,
});
