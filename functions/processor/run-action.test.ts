import * as v from "valibot";
import { expect, onTestFinished, test, vi } from "vitest";
import { type Action, defineAction } from "./action.ts";
import { actions } from "./actions/index.ts";
import { runForTest, testContext } from "./testing.ts";

test("the result of an action is its reply", async () => {
  const { reply } = await runForTest(actions, "uppercase", { text: "ß" });
  expect(reply).toEqual({ action: "uppercase", status: "success", result: "SS", requestId: "r" });
});

test("the error frame for an unknown action lists the available actions", async () => {
  const { echo, reverse } = actions;
  const { reply } = await runForTest({ echo, reverse }, "constructor");
  expect(reply).toMatchObject({
    action: "constructor",
    error: {
      code: "UNKNOWN_ACTION",
      message: "Unknown action. Available actions: echo, reverse.",
    },
  });
});

test("the message about a nested field contains its whole path", async () => {
  const input = v.object({ list: v.array(v.object({ size: v.number() })) });
  const nested = { nested: defineAction({ input, run: () => 1 }) };
  const data = { list: [{ size: 1 }, { size: "2" }] };
  const { reply } = await runForTest(nested, "nested", data);
  expect(reply).toMatchObject({
    error: { code: "INVALID_DATA", message: "data.list.1.size must be a number" },
  });
});

test("an error of an action is rethrown and does not become an error frame", async () => {
  const broken = {
    broken: defineAction({
      input: v.unknown(),
      run: () => {
        throw new RangeError("boom");
      },
    }),
  };
  await expect(runForTest(broken, "broken")).rejects.toThrow(RangeError);
});

test.for<[string, Action["run"]]>([
  [
    "an async generator",
    async function* count() {
      yield 1;
      return "end";
    },
  ],
  [
    "a generator",
    function* count() {
      yield 1;
      return "end";
    },
  ],
  [
    "a promise of a generator",
    () =>
      Promise.resolve(
        (function* count() {
          yield 1;
          return "end";
        })(),
      ),
  ],
])("an action whose run is %s streams", async ([, run]) => {
  const counting = { count: defineAction({ input: v.unknown(), run }) };
  const { progress, reply } = await runForTest(counting, "count");
  expect(progress).toMatchObject([{ progress: 1, sequence: 0 }]);
  expect(reply).toMatchObject({ result: "end" });
});

test("a result may have the key next", async () => {
  const { reply } = await runForTest(actions, "echo", { next: 1 });
  expect(reply).toMatchObject({ result: { next: 1 } });
});

test("an action gets the context of its job", async () => {
  const asking = { whoami: defineAction({ input: v.unknown(), run: (_data, context) => context }) };
  const context = testContext({ subject: "ada", claims: { role: "admin" } });
  const { reply } = await runForTest(asking, "whoami", undefined, context);
  expect(reply).toMatchObject({ result: context });
});

test("echo returns its data unchanged, and timestamp the time in UTC", async () => {
  const data = { list: [1, null, "é"] };
  expect((await runForTest(actions, "echo", data)).reply).toMatchObject({
    status: "success",
    result: data,
  });
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 2, 3, 4, 5, 6), toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  expect((await runForTest(actions, "timestamp", data)).reply).toMatchObject({
    status: "success",
    result: "2026-01-02T03:04:05.006Z",
  });
});

test.for(["uppercase", "reverse"])("%s accepts only a text", async (action) => {
  for (const [data, message] of [
    [{}, "data.text is required"],
    [{ text: 1 }, "data.text must be a string"],
    ["text", "data must be an object"],
  ])
    expect((await runForTest(actions, action, data)).reply).toMatchObject({
      error: { code: "INVALID_DATA", message },
    });
});

test.for([
  ["", ""],
  ["abc", "cba"],
  ["👍🏽🇯🇵", "🇯🇵👍🏽"],
  ["a\r\nb", "b\r\na"],
])("reverse of %j is %j", ([text, reversed]) => {
  expect(actions.reverse.run({ text: text ?? "" }, testContext())).toBe(reversed);
});
