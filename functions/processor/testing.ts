/** Test helpers for actions: a context to run them with, and the frames that a client gets. */
import type { Progress, Reply } from "../../shared/protocol.ts";
import type { Action, ActionContext } from "./action.ts";
import { runAction } from "./run-action.ts";

/** Returns a context whose signal never aborts. @param set replaces some of its members. */
export const testContext = (set: Partial<ActionContext> = {}): ActionContext => ({
  connectionId: "c=",
  requestId: "r",
  invocationId: "i",
  subject: undefined,
  claims: {},
  signal: new AbortController().signal,
  remainingTime: () => 30_000,
  ...set,
});

/** The frames that a client gets for one request. */
export interface Frames {
  progress: Progress[];
  reply: Reply;
}

/** Runs an action with any data, as the processor does. @throws any error of the action. */
export async function runForTest(
  actions: Readonly<Record<string, Action>>,
  action: string,
  data?: unknown,
  context: ActionContext = testContext(),
): Promise<Frames> {
  const { connectionId, requestId } = context;
  const progress: Progress[] = [];
  const post = async (frame: Progress) => void progress.push(frame);
  const reply = await runAction({ connectionId, requestId, action, data }, actions, context, post);
  return { progress, reply };
}
