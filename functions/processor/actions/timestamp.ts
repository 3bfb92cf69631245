import * as v from "valibot";
import { defineAction } from "../action.ts";

/** Returns the current time as ISO 8601 in UTC. Ignores `data`. */
export const timestamp = defineAction({
  input: v.unknown(),
  run: () => new Date().toISOString(),
});
