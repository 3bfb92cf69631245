import type { Actions } from "../../../../functions/processor/actions/index.ts";

/**
 * A form for each action: the data that it begins with. An object of texts and numbers gets a field
 * for each of them, any other data a field of JSON. The compiler names an action that has no form.
 */
export const FORMS: { [Action in keyof Actions]: Actions[Action]["data"] } = {
  uppercase: { text: "hello" },
  reverse: { text: "hello" },
  echo: { any: ["thing"] },
  timestamp: undefined,
};
