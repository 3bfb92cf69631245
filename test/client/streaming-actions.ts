/** Streaming actions. */
import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { defineAction } from "../../functions/processor/action.ts";

/** Counts from 0 as fast as the pieces can be posted. */
export const count = defineAction({
  input: v.object({ to: v.number() }),
  async *run({ to }) {
    for (let number = 0; number < to; number += 1) yield { number };
    return `counted to ${to}`;
  },
});

/** Counts from 0, and waits before each further number. */
export const countSlowly = defineAction({
  input: v.object({ to: v.number() }),
  async *run({ to }, { signal }) {
    for (let number = 0; number < to; number += 1) {
      if (number > 0) await setTimeout(100, undefined, { signal });
      yield { number };
    }
    return `counted to ${to}`;
  },
});
