import type { Callback } from "./load-handler.ts";

/** Where the answer to an invocation goes. */
export interface Outcome {
  succeed(result: unknown): void;
  fail(error: unknown): void;
}

/** The ways in which a handler can answer. */
export interface Answers extends Outcome {
  callbackWaitsForEmptyEventLoop: boolean;
  callback: Callback;
  done: Callback;
}

/**
 * The callback and the answering part of the context: the first call counts, whichever it is. A
 * callback without an error answers once the event loop is empty, unless told otherwise.
 * @param whenLoopIsEmpty replaces what happens then; `undefined` is nothing.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
export function createAnswers(
  { succeed, fail }: Outcome,
  whenLoopIsEmpty: (action: (() => void) | undefined) => void,
): Answers {
  let answered = false;
  const first =
    <Values extends unknown[]>(answer: (...values: Values) => void) =>
    (...values: Values) => {
      if (answered) return;
      answer(...values);
      // Not before: a result that can't be serialised leaves room for the error that says so.
      answered = true;
    };
  const done: Callback = (error, result) => {
    whenLoopIsEmpty(undefined);
    if (error !== undefined && error !== null) fail(error);
    else succeed(result);
  };
  const answers: Answers = {
    callbackWaitsForEmptyEventLoop: true,
    callback: first<[error?: unknown, result?: unknown]>((error, result) => {
      const waits = answers.callbackWaitsForEmptyEventLoop;
      if (!waits || (error !== undefined && error !== null)) done(error, result);
      else whenLoopIsEmpty(() => setImmediate(succeed, result));
    }),
    done: first(done),
    succeed: first((result: unknown) => done(null, result)),
    fail: first((error: unknown) => done(error ?? "handled")),
  };
  return answers;
}
