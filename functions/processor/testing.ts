/** For tests of actions: what an action gets from an invocation, and what a client gets from an action. */
import type { Progress, Reply } from "../../shared/protocol.ts";
import type { Action, ActionContext } from "./action.ts";
import { runAction } from "./run-action.ts";

/** Returns a context whose signal never aborts, except for what a test sets. */
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

/** The frames that a client gets. */
export interface Frames {
  progress: Progress[];
  reply: Reply;
}

/** Runs an action with any data, as the processor does. @throws every error that the action throws. */
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
