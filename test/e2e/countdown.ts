import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { defineAction } from "../../functions/processor/action.ts";

/** The streaming action in docs/actions.md. */
export const countdown = defineAction({
  input: v.object({ from: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(20)) }),
  async *run({ from }, { signal }) {
    for (let left = from; left > 0; left -= 1) {
      yield { left };
      await setTimeout(1000, undefined, { signal });
    }
    return "lift-off";
  },
});
