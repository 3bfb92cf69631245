import { afterEach, expect, test, vi } from "vitest";
import { createObservers, isolated } from "./observers.ts";

const warnings = () =>
  vi.spyOn(process, "emitWarning").mockImplementation(() => {}).mock.calls as unknown[][];

afterEach(() => void vi.restoreAllMocks());

test("an observer that throws stops neither the other observers nor the notifier", () => {
  const reported = warnings();
  const seen: number[] = [];
  const observers = createObservers<number>();
  observers.subscribe(() => {
    throw new Error("planted");
  });
  observers.subscribe((event) => seen.push(event));
  for (const event of [1, 2, 3]) observers.notify(event);
  expect(seen).toEqual([1, 2, 3]);
  expect(reported).toEqual([[expect.stringContaining("planted"), "ObserverError"]]);
});

test("the rejection of an observer is reported once, and the observer is called again", async () => {
  const reported = warnings();
  const observe = vi.fn<(event: string) => Promise<never>>(() =>
    Promise.reject(new Error("planted")),
  );
  const { notify, subscribe } = createObservers<string>();
  subscribe(observe);
  notify("first");
  notify("second");
  await expect.poll(() => reported.length).toBe(1);
  expect(observe.mock.calls).toEqual([["first"], ["second"]]);
});

test("any value that an observer throws can be reported", () => {
  const reported = warnings();
  const thrown = [
    Object.create(null),
    undefined,
    Symbol("planted"),
    { toString: 1 },
    Object.assign(new Error("planted"), { stack: { toString: 1 } }),
  ];
  for (const value of thrown)
    isolated(() => {
      throw value;
    })();
  expect(reported.length).toBe(thrown.length);
});

test("only a subscription that has ended gets no more events", () => {
  const seen: string[] = [];
  const { notify, subscribe } = createObservers<string>();
  const observe = (event: string) => seen.push(event);
  const end = subscribe(observe);
  subscribe(observe);
  end();
  notify("event");
  expect(seen).toEqual(["event"]);
});
