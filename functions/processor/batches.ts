/**
 * Yields the values of a source as lists. A list ends a number of milliseconds after its first value. It
 * is for sources with many small values, such as the tokens of a language model: API Gateway counts each
 * frame as a message.
 * @throws the error of the source, after the values before it.
 */
export async function* batches<Value>(
  source: AsyncIterable<Value>,
  milliseconds: number,
): AsyncGenerator<Value[], void> {
  const iterator = source[Symbol.asyncIterator]();
  const read = () => {
    const next = iterator.next();
    // It is awaited below, perhaps only after the values before it were taken.
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
    /** While a source has its values at once, Node.js runs no timer. */
    isOver: () => performance.now() >= end,
    clear: () => clearTimeout(handle),
  };
}
