import { expect, test } from "vitest";
import type { MessageEvent } from "./events.ts";
import { enforceLimits } from "./limits.ts";

const { before } = enforceLimits();

/** Returns the error that rejects a message, or `undefined` if it passes. */
function rejectionOf(body: unknown): unknown {
  const event: Partial<MessageEvent> = { body };
  try {
    const request: unknown = { event };
    void before?.(request as Parameters<NonNullable<typeof before>>[0]);
    return undefined;
  } catch (error) {
    return error;
  }
}

const TOO_DEEP = {
  name: "RejectedMessage",
  code: "INVALID_REQUEST",
  message: "The message is nested more than 1,000 levels deep.",
};
const TOO_LARGE = { code: "INVALID_REQUEST", message: "The message is over 128 KB." };

const around = (inner: string, levels: number, opening = "[", closing = "]") =>
  opening.repeat(levels) + inner + closing.repeat(levels);

test.for<[string, (levels: number) => string]>([
  ["lists", (levels) => around("", levels)],
  ["objects", (levels) => around("1", levels, '{"a":', "}")],
  ["objects and lists", (levels) => around("1", levels / 2, ' [ { "a" :', "}]")],
  [
    "levels after a thousand closed ones",
    (levels) => `[${"[],".repeat(1000)}${around("", levels - 1)}]`,
  ],
  ["levels after an escaped quote", (levels) => `["\\"",${around("", levels - 1)}]`],
  ["levels after an escaped backslash", (levels) => `["\\\\",${around("", levels - 1)}]`],
  ["levels after a key of brackets", (levels) => `{"[[[\\\\\\"{{{":${around("", levels - 1)}}`],
  ["levels that are not closed", (levels) => "[".repeat(levels)],
])("1,000 levels pass and 1,002 don't: %s", ([, build]) => {
  expect(rejectionOf(build(1000))).toBeUndefined();
  expect(rejectionOf(build(1002))).toMatchObject(TOO_DEEP);
});

test("1,001 levels don't pass", () => {
  expect(rejectionOf(around("", 1001))).toMatchObject(TOO_DEEP);
});

test.for([
  ["brackets in a string", `"${"[".repeat(5000)}"`],
  ["brackets after escaped quotes", `"${'\\"['.repeat(5000)}"`],
  ["a string that is not closed", `"${"[".repeat(5000)}`],
  ["a string that ends with an escaped quote", `"${"[".repeat(5000)}\\"`],
  ["only quotes", '"'.repeat(5001)],
  ["only backslashes", "\\".repeat(5000)],
  ["lists side by side", `[${"[],".repeat(5000)}[]]`],
  ["objects side by side", `[${"{},".repeat(5000)}{}]`],
  ["an empty text", ""],
  ["no text", undefined],
])("%s: no nesting", ([, text]) => {
  expect(rejectionOf(text)).toBeUndefined();
});

test.for([
  ["one byte", "x"],
  ["two bytes", "é"],
  ["four bytes", "😀"],
])("131,072 bytes pass and one more doesn't, in characters of %s", ([, letter = ""]) => {
  const letters = letter.repeat(131_072 / Buffer.byteLength(letter));
  expect(rejectionOf(letters)).toBeUndefined();
  expect(rejectionOf(`${letters}x`)).toMatchObject(TOO_LARGE);
});

test("the rejection of a deep message contains its action and requestId, at the maximum depth of 128 KB", () => {
  const envelope = (data: string) => `{"action":"echo","requestId":"mine","data":${data}}`;
  const levels = Math.floor((131_072 - envelope("").length) / 2);
  expect(rejectionOf(envelope(around("", levels)))).toMatchObject({
    ...TOO_DEEP,
    received: { action: "echo", requestId: "mine" },
  });
});

test("the depth limit doesn't depend on the remaining stack", () => {
  const atDepthOf = (calls: number): unknown =>
    calls === 0 ? rejectionOf(around("", 1000)) : atDepthOf(calls - 1);
  expect(atDepthOf(3000)).toBeUndefined();
});
