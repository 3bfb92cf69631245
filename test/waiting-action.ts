import { setTimeout } from "node:timers/promises";
import * as v from "valibot";
import { defineAction } from "../functions/processor/action.ts";

/** Waits until it is stopped. */
export const wait = defineAction({
  input: v.unknown(),
  async run(_data, { connectionId, requestId, signal }) {
    console.info({ event: "waiting", connectionId, requestId });
    await setTimeout(60_000, undefined, { signal });
  },
});
