import { expect, test } from "vitest";
import { postEach } from "./post-each.ts";

const never = new AbortController().signal;

/** Returns a counting generator, and the list of the values that it has made. */
function counter(end: number) {
  const made: number[] = [];
  const generator = (async function* count() {
    for (let value = 0; value < end; value += 1) {
      made.push(value);
      yield value;
    }
    return "end";
  })();
  return { made, generator };
}

test("the generator is at most one value ahead of the current post", async () => {
  const { made, generator } = counter(100);
  const posted: number[] = [];
  let posting = 0;
  const result = await postEach(
    generator,
    async (value, sequence) => {
      posting += 1;
      expect(posting).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      expect(made.length).toBeLessThanOrEqual(sequence + 2);
      posted.push(value);
      posting -= 1;
    },
    never,
  );
  expect(result).toBe("end");
  expect(posted).toEqual(made);
  expect(posted).toHaveLength(100);
});

test("the last post is awaited before the result is returned", async () => {
  let isPosted = false;
  const post = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    isPosted = true;
  };
  await postEach(counter(1).generator, post, never);
  expect(isPosted).toBe(true);
});

test("the last post is awaited before the generator's error is thrown", async () => {
  let isPosted = false;
  const post = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    isPosted = true;
  };
  const broken = (async function* broken() {
    yield 1;
    throw new RangeError("planted");
  })();
  await expect(postEach(broken, post, never)).rejects.toThrow(RangeError);
  expect(isPosted).toBe(true);
});

test("after a failed post the generator is closed, and the error is thrown", async () => {
  const { made, generator } = counter(100);
  const failing = async (value: number) => {
    if (value === 3) throw new RangeError("refused");
  };
  await expect(postEach(generator, failing, never)).rejects.toThrow("refused");
  expect(made).toEqual([0, 1, 2, 3, 4]);
  expect(await generator.next()).toEqual({ done: true, value: undefined });
});

test("an error in a finally block doesn't hide the error that ended the generator", async () => {
  const untidy = (async function* untidy() {
    try {
      yield 1;
      yield 2;
    } finally {
      // oxlint-disable-next-line no-unsafe-finally -- this is what the test is about
      throw new TypeError("in finally");
    }
  })();
  const failing = () => Promise.reject(new RangeError("refused"));
  await expect(postEach(untidy, failing, never)).rejects.toThrow("refused");
});

test("after an abort no further value is posted", async () => {
  const controller = new AbortController();
  const posted: number[] = [];
  const post = async (value: number) => {
    posted.push(value);
    if (value === 1) controller.abort(new RangeError("stop"));
  };
  await expect(postEach(counter(100).generator, post, controller.signal)).rejects.toThrow("stop");
  expect(posted).toEqual([0, 1]);
});
