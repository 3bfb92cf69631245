import type { PING } from "../../../shared/protocol.ts";
import type { Action, ActionTypes } from "../action.ts";
import { echo } from "./echo.ts";
import { reverse } from "./reverse.ts";
import { timestamp } from "./timestamp.ts";
import { uppercase } from "./uppercase.ts";

/** All actions by the name that clients send. The websocket-handler replies to `ping` itself. */
export const actions = {
  echo,
  reverse,
  timestamp,
  uppercase,
} satisfies Record<string, Action> & { [Name in typeof PING]?: never };

/** The types of the actions, for typed clients. */
export type Actions = ActionTypes<typeof actions>;
