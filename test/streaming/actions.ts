/** Streaming actions for tests. Each export is an action. */
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { type ActionContext, defineAction } from "../../functions/processor/action.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const Step = v.union([
  v.strictObject({ yield: v.unknown() }),
  /** Yields a value that cannot be sent as JSON. */
  v.strictObject({ special: v.picklist(["undefined", "bigint", "130 KB"]) }),
  /** Waits this many milliseconds, or until the signal aborts. */
  v.strictObject({ wait: count }),
  /** Fetches a URL, with the signal or without it. */
  v.strictObject({ fetch: v.string(), ignoresSignal: v.optional(v.boolean()) }),
  v.strictObject({ throw: v.string() }),
  v.strictObject({ return: v.unknown() }),
]);
export type Step = v.InferOutput<typeof Step>;

const SPECIAL = { undefined, bigint: 1n, "130 KB": "x".repeat(130 * 1024) };

async function* play(steps: readonly Step[], signal: AbortSignal) {
  for (const step of steps) {
    if ("yield" in step) yield step.yield;
    else if ("special" in step) yield SPECIAL[step.special];
    else if ("wait" in step) await setTimeout(step.wait, undefined, { signal });
    else if ("fetch" in step) await fetch(step.fetch, step.ignoresSignal ? {} : { signal });
    else if ("throw" in step) throw new Error(step.throw);
    else return step.return;
  }
  return undefined;
}

/** Logs that a `finally` block runs, and fails if asked to. */
function end({ requestId, signal }: ActionContext, fails = false): void {
  console.info({ event: "finally", requestId, aborted: signal.aborted });
  if (fails) throw new Error("planted in the finally block");
}

/** Runs the steps one after the other. */
export const program = defineAction({
  input: v.object({ steps: v.array(Step), failsAtTheEnd: v.optional(v.boolean()) }),
  async *run({ steps, failsAtTheEnd }, context) {
    try {
      return yield* play(steps, context.signal);
    } finally {
      end(context, failsAtTheEnd);
    }
  },
});

/** Runs the steps without streaming: yielded values are not sent. */
export const plain = defineAction({
  input: v.object({ steps: v.array(Step) }),
  async run({ steps }, context) {
    try {
      for await (const _ of play(steps, context.signal));
      return "done";
    } finally {
      end(context);
    }
  },
});

/** Yields the current time for each value, in milliseconds since 1970. */
export const clock = defineAction({
  input: v.object({ count }),
  async *run({ count }) {
    for (let number = 0; number < count; number += 1) yield Date.now();
  },
});

/** Yields an id of the attempt and of the process. Fetches a URL after the values in `fetchAfter`. */
export const attempt = defineAction({
  input: v.object({ count, fetchAfter: v.optional(v.record(v.string(), v.string()), {}) }),
  async *run({ count, fetchAfter }, { signal }) {
    const origin = { attempt: randomUUID(), pid: process.pid };
    for (let number = 0; number < count; number += 1) {
      yield origin;
      const url = fetchAfter[number];
      if (url !== undefined) await fetch(url, { signal });
    }
    return origin;
  },
});
