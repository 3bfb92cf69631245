import { expect, test } from "vitest";
import { dollars, percent, rate, seconds, table, unitPrice } from "./text.ts";

test("numbers are as fine as they are small", () => {
  expect([0, 0.386, 3.86, 385.8].map(rate)).toEqual(["0", "0.39", "3.9", "386"]);
  expect([0, 0.0039, 0.9957, 3.86].map(percent)).toEqual(["0%", "0.39%", "99.6%", "386%"]);
  expect([1234.5, -0.5].map(dollars)).toEqual(["$1,234.50", "-$0.50"]);
  expect([12.34, Infinity].map(seconds)).toEqual(["12.3 s", "over 4 h"]);
});

test("a price has all its digits, and says of how many units it is", () => {
  expect([unitPrice(1, 1e6), unitPrice(0.09, 1e9), unitPrice(0.0000133334, 1)]).toEqual([
    "$1.00 per million",
    "$0.09 per GB",
    "$0.0000133334",
  ]);
});

test("a table aligns names left and numbers right, without blanks at the end", () => {
  expect(table([["a", "1", "22"], [], ["bcd", "333", "4"], ["e"]])).toBe(
    "a      1  22\n\nbcd  333   4\ne",
  );
});
