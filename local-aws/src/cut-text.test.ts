import * as fc from "fast-check";
import { expect, test } from "vitest";
import { firstBytes, firstUnits, lastBytes } from "./cut-text.ts";

const texts = fc.string({ unit: fc.constantFrom("a", "é", "€", "😀"), maxLength: 20 });
const limits = fc.nat(40);

test("a cut keeps as many whole characters as there is room for", () => {
  fc.assert(
    fc.property(texts, limits, (text, limit) => {
      const bytes = (part: string) => Buffer.byteLength(part);
      const characters = Array.from(text);
      /** The longest of the parts that there can be. */
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

test("half a surrogate pair that was there before the cut is no reason to cut more", () => {
  expect(firstUnits("a\ud83db", 2)).toBe("a\ud83d");
  expect(firstUnits("a\ud83d", 2)).toBe("a\ud83d");
});
