import * as fc from "fast-check";
import { expect, test } from "vitest";
import { actions } from "../../functions/processor/actions/index.ts";
import { runForTest, testContext } from "../../functions/processor/testing.ts";
import { anyString, jsonText } from "./json-text.ts";

const { uppercase, reverse, echo } = actions;

/** Returns a result that is a text. @throws for any other result. */
function textOf(result: unknown): string {
  if (typeof result === "string") return result;
  throw new Error("The result is not a text.");
}

const reversed = (text: string) => textOf(reverse.run({ text }, testContext()));
const codeUnits = (text: string) =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index)).toSorted(
    (a, b) => a - b,
  );

/**
 * Characters that never combine with the ones next to them. Excludes regional indicators, which form
 * other pairs when reversed, separate combining marks, CR and LF.
 */
const INDEPENDENT = "a B 7 ñ ß é e\u0301 न 漢 각 😀 👍🏽 👨‍👩‍👧 ❤️ \u0000 \ud800";
const wholeCharacter = fc.constantFrom(" ", ...INDEPENDENT.split(" "));
const wholeCharacters = fc.array(wholeCharacter, { maxLength: 30 }).map((parts) => parts.join(""));

test("reversing a text of independent characters twice returns the text", () => {
  fc.assert(
    fc.property(wholeCharacters, (text) => {
      expect(reversed(reversed(text))).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test("reversing printable ASCII reverses its code units", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
      expect(reversed(text)).toBe(text.split("").toReversed().join(""));
    }),
  );
});

test("reversing any text keeps all its code units", () => {
  fc.assert(
    fc.property(anyString, (text) => {
      expect(codeUnits(reversed(text))).toEqual(codeUnits(text));
    }),
    { numRuns: 2000 },
  );
});

test("uppercase is idempotent", () => {
  fc.assert(
    fc.property(anyString, (text) => {
      const once = uppercase.run({ text }, testContext());
      expect(uppercase.run({ text: textOf(once) }, testContext())).toBe(once);
    }),
    { numRuns: 5000 },
  );
});

test("echo returns the same value", () => {
  fc.assert(
    fc.property(fc.anything(), (data) => {
      expect(echo.run(data, testContext())).toBe(data);
    }),
  );
});

test("no job makes an action throw, and each gets its own reply", async () => {
  const request = fc.record({
    requestId: anyString,
    action: fc.oneof(fc.constantFrom(...Object.keys(actions)), anyString),
    data: fc.oneof(
      jsonText.map((text): unknown => JSON.parse(text)),
      fc.record({ text: anyString }),
    ),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ requestId, action, data }) => {
      const context = testContext({ requestId });
      const { reply } = await runForTest(actions, action, data, context);
      expect(reply).toMatchObject({ action, requestId });
      expect(reply).toHaveProperty(reply.status === "success" ? "result" : "error");
    }),
    { numRuns: 2000 },
  );
});
