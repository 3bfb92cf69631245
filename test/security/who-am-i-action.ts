import * as v from "valibot";
import { defineAction } from "../../functions/processor/action.ts";

/** Returns its context. */
export const whoAmI = defineAction({ input: v.unknown(), run: (_data, context) => context });
