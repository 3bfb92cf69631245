import * as fc from "fast-check";
import { expect, test } from "vitest";
import { firstBytes, firstUnits, lastBytes } from "./cut-text.ts";

const texts = fc.string({ unit: fc.constantFrom("a", "é", "€", "😀"), maxLength: 20 });
const limits = fc.nat(40);

test("a cut text has as many whole characters as fit", () => {
  fc.assert(
    fc.property(texts, limits, (text, limit) => {
      const bytes = (part: string) => Buffer.byteLength(part);
      const characters = Array.from(text);
      /** Returns the longest part that fits. */
      const longest = (parts: string[], size: (part: string) => number) =>
        parts.filter((part) => size(part) <= limit).toSorted((a, b) => b.length - a.length)[0];
      const starts = [...characters.keys(), characters.length].map((end) =>
        characters.slice(0, end).join(""),
      );
      const ends = [...characters.keys(), characters.length].map((start) =>
        characters.slice(start).join(""),
      );
      expect(firstBytes(text, limit)).toBe(longest(starts, bytes));
      expect(firstUnits(text, limit)).toBe(longest(starts, (part) => part.length));
      expect(Buffer.from(lastBytes(text, limit)).toString()).toBe(longest(ends, bytes));
    }),
    { numRuns: 1000 },
  );
});

test("half a surrogate pair in the text itself is not removed", () => {
  expect(firstUnits("a\ud83db", 2)).toBe("a\ud83d");
  expect(firstUnits("a\ud83d", 2)).toBe("a\ud83d");
});
