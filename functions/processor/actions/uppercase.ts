import * as v from "valibot";
import { defineAction } from "../action.ts";

/** Converts a text to upper case by Unicode's full mapping, which can lengthen it: `ß` becomes `SS`. */
export const uppercase = defineAction({
  input: v.object({ text: v.string() }),
  run: ({ text }) => text.toUpperCase(),
});
