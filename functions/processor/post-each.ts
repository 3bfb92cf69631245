/**
 * Posts each value that a generator yields, one after the other, and returns the generator's return
 * value. The generator computes its next value while one is posted, but is never further ahead.
 * @param post is called with the value and its number, from 0.
 * @throws the error of the generator or of `post`, or the signal's reason, after the generator's
 * `finally` blocks have run and the last post has settled.
 */
export async function postEach<Value, Result>(
  generator: AsyncGenerator<Value, Result> | Generator<Value, Result>,
  post: (value: Value, sequence: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Result> {
  let posting: Promise<void> | undefined;
  try {
    for (let sequence = 0; ; sequence += 1) {
      const next = await generator.next();
      await posting;
      if (next.done === true) return next.value;
      signal.throwIfAborted();
      posting = post(next.value, sequence);
      // A failure is thrown by the `await` above, after the next value.
      posting.catch(() => {});
    }
  } catch (error) {
    await Promise.allSettled([generator.return(undefined as Result), posting]);
    throw error;
  }
}
