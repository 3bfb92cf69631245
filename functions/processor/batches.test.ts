import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { batches } from "./batches.ts";

const readAll = async <Value>(source: AsyncIterable<Value>) => {
  const values: Value[] = [];
  for await (const value of source) values.push(value);
  return values;
};

test("values that are ready at once are one batch", async () => {
  const source = (async function* source() {
    yield* [1, 2, 3];
  })();
  expect(await readAll(batches(source, 1000))).toEqual([[1, 2, 3]]);
});

test("a later value starts a new batch, and no value is lost", async () => {
  const source = (async function* source() {
    yield 1;
    yield 2;
    await setTimeout(100);
    yield 3;
    yield 4;
  })();
  expect(await readAll(batches(source, 30))).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test("a batch ends on time even if the source always has a value ready", async () => {
  const count = 1_000_000;
  const source = (async function* source() {
    for (let number = 0; number < count; number += 1) yield number;
  })();
  const seen = batches(source, 20);
  const { value } = await seen.next();
  expect(value?.length).toBeLessThan(count / 2);
  await seen.return();
});

test("a source without values has no batches", async () => {
  const source = (async function* source() {})();
  expect(await readAll(batches(source, 30))).toEqual([]);
});

test.for([0, 60])("an error after %i ms comes after the values before it", async (wait) => {
  const source = (async function* source() {
    yield 1;
    await setTimeout(wait);
    throw new RangeError("planted");
  })();
  const seen = batches(source, 30);
  expect(await seen.next()).toEqual({ done: false, value: [1] });
  await setTimeout(60);
  await expect(seen.next()).rejects.toThrow(RangeError);
});

test("the source is closed when the batches are closed", async () => {
  let hasEnded = false;
  const source = (async function* source() {
    try {
      for (;;) yield await setTimeout(5, "value");
    } finally {
      hasEnded = true;
    }
  })();
  const seen = batches(source, 20);
  await seen.next();
  await seen.return();
  expect(hasEnded).toBe(true);
});
