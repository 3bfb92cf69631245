import * as v from "valibot";
import { defineAction } from "../action.ts";

/** The time of processing as ISO 8601 in UTC. Takes no data, and ignores what it gets. */
export const timestamp = defineAction({
  input: v.unknown(),
  run: () => new Date().toISOString(),
});
