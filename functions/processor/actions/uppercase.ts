import * as v from "valibot";
import { defineAction } from "../action.ts";

/** Upper case by Unicode's full mapping, which can lengthen a text: `ß` becomes `SS`. */
export const uppercase = defineAction({
  input: v.object({ text: v.string() }),
  run: ({ text }) => text.toUpperCase(),
});
