import type { RequestOptions, StreamOptions } from "./options.ts";
import type { Call } from "./requests.ts";

/**
 * The pieces of a request, in order, for one reader. The result is what the iterator returns after the
 * last piece. If there is none, `next` rejects as `result` does.
 */
export interface Stream<Progress, Result> extends AsyncIterableIterator<Progress, Result, void> {
  /** Settles as the promise of `request`. An unhandled rejection is ignored. */
  readonly result: Promise<Result>;
  /**
   * Stops reading, as `break` does. The client forgets the request: `result` rejects with the
   * `NoReplyError` `CANCELED`, unless the reply has arrived.
   */
  return(): Promise<IteratorResult<Progress, Result>>;
}

/** Creates the stream of a request. @param send adds and sends the request. */
export function createStream(
  send: (options: RequestOptions) => Call,
  options: StreamOptions = {},
): Stream<unknown, unknown> {
  const { signal, onRestart } = options;
  let unread: unknown[] = [];
  let isSettled = false;
  let wake = () => {};

  const { result, cancel } = send({
    ...options,
    onRestart() {
      unread = [];
      onRestart?.();
    },
    onProgress(progress) {
      unread.push(progress);
      wake();
    },
  });
  const settle = () => {
    isSettled = true;
    wake();
  };
  result.then(settle, settle);

  const read = async function* () {
    for (;;) {
      signal?.throwIfAborted();
      if (unread.length > 0) yield unread.shift();
      else if (isSettled) return await result;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  };
  const pieces = read();
  return {
    result,
    next: () => pieces.next(),
    return() {
      // Cancel first, because a waiting generator does not return until it wakes up.
      cancel();
      return pieces.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
