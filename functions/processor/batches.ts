/**
 * Yields the values of a source in batches. A batch ends a number of milliseconds after its first value.
 * Use it for sources with many small values, such as the tokens of a language model, because API Gateway
 * bills each frame as a message.
 * @throws the error of the source, after the values before it.
 */
export async function* batches<Value>(
  source: AsyncIterable<Value>,
  milliseconds: number,
): AsyncGenerator<Value[], void> {
  const iterator = source[Symbol.asyncIterator]();
  const read = () => {
    const next = iterator.next();
    // The promise is awaited below. Until then, a rejection must not count as unhandled.
    next.catch(() => {});
    return next;
  };
  try {
    let next = read();
    for (let first = await next; first.done !== true; first = await next) {
      const batch = [first.value];
      const end = timer(milliseconds);
      for (next = read(); !end.isOver(); next = read()) {
        const value = await Promise.race([next, end.promise]).catch(() => "failed" as const);
        if (typeof value === "string" || value.done === true) break;
        batch.push(value.value);
      }
      end.clear();
      yield batch;
    }
  } finally {
    await iterator.return?.();
  }
}

function timer(milliseconds: number) {
  const { promise, resolve } = Promise.withResolvers<"over">();
  const handle = setTimeout(resolve, milliseconds, "over");
  const end = performance.now() + milliseconds;
  return {
    promise,
    /** Compares the time: Node.js runs no timers while the source has its next values ready. */
    isOver: () => performance.now() >= end,
    clear: () => clearTimeout(handle),
  };
}
