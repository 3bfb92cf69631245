import * as v from "valibot";
import { defineAction } from "../functions/processor/action.ts";

/** Counts down. After each number of steps in `stops`, it waits for a response of a URL. */
export const countdown = defineAction({
  input: v.object({ from: v.number(), stops: v.array(v.number()), gate: v.string() }),
  async *run({ from, stops, gate }) {
    for (let left = from; ; left -= 1) {
      if (stops.includes(from - left)) await fetch(gate);
      if (left === 0) return "lift-off";
      yield { left };
    }
  },
});
