import type { Callback } from "./load-handler.ts";

/** Receives the result of an invocation. */
export interface Outcome {
  succeed(result: unknown): void;
  fail(error: unknown): void;
}

/** The functions with which a handler can respond. */
export interface Responders extends Outcome {
  callbackWaitsForEmptyEventLoop: boolean;
  callback: Callback;
  done: Callback;
}

/**
 * Creates the callback of a handler and the members of its context with which it can respond. Only the
 * first call has an effect. A callback without an error responds when the event loop is empty, unless
 * `callbackWaitsForEmptyEventLoop` is false.
 * @param whenLoopIsEmpty sets the function to call when the event loop is empty; `undefined`: none.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function createResponders(
  { succeed, fail }: Outcome,
  whenLoopIsEmpty: (action: (() => void) | undefined) => void,
): Responders {
  let hasResponded = false;
  const first =
    <Values extends unknown[]>(respond: (...values: Values) => void) =>
    (...values: Values) => {
      if (hasResponded) return;
      respond(...values);
      // Only now: after a result that cannot be serialized, the handler can still respond with an error.
      hasResponded = true;
    };
  const done: Callback = (error, result) => {
    whenLoopIsEmpty(undefined);
    if (error !== undefined && error !== null) fail(error);
    else succeed(result);
  };
  const responders: Responders = {
    callbackWaitsForEmptyEventLoop: true,
    callback: first<[error?: unknown, result?: unknown]>((error, result) => {
      const waits = responders.callbackWaitsForEmptyEventLoop;
      if (!waits || (error !== undefined && error !== null)) done(error, result);
      else whenLoopIsEmpty(() => setImmediate(succeed, result));
    }),
    done: first(done),
    succeed: first((result: unknown) => done(null, result)),
    fail: first((error: unknown) => done(error ?? "handled")),
  };
  return responders;
}
