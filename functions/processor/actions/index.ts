import type { Action, ActionTypes } from "../action.ts";
import { echo } from "./echo.ts";
import { reverse } from "./reverse.ts";
import { timestamp } from "./timestamp.ts";
import { uppercase } from "./uppercase.ts";

/** Every action by the name that clients send. */
export const actions = {
  echo,
  reverse,
  timestamp,
  uppercase,
} satisfies Record<string, Action>;

/** The types of the actions, for clients. */
export type Actions = ActionTypes<typeof actions>;
