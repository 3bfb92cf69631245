import { expect, test } from "vitest";
import { median, mediansInTurn } from "./median.ts";
import { excessesOf, type Figure, format } from "./report.ts";

const figure = (name: string, value: number): Figure => ({ name, value, reference: 2, unit: "ms" });

test("a ratio that exceeds its bound or is not a number is reported, and one without a bound is not", () => {
  const figures = [figure("slow", 3), figure("fast", 2), figure("free", 9), figure("none", NaN)];
  expect(excessesOf(figures, { slow: 1.4, fast: 1 })).toEqual([
    "slow: the ratio 1.500 exceeds its bound, 1.4, in test/bench/bounds.ts.",
    expect.stringMatching(/^none: the ratio NaN/),
  ]);
});

test("a table has a line per figure, with its reference and their ratio", () => {
  const report = { title: "Starts", reference: "an empty one", figures: [figure("import", 3)] };
  expect(format(report)).toMatch(
    /^Starts, compared with an empty one\n.*\n {2}import +3\.0 ms +2\.0 ms +1\.500/,
  );
});

test("measurements in turn run in rounds", async () => {
  const order: string[] = [];
  const measure = (name: string, values: number[]) => () => {
    order.push(name);
    return Promise.resolve(values.shift() ?? NaN);
  };
  const medians = await mediansInTurn(3, {
    a: measure("a", [9, 1, 2]),
    b: measure("b", [5, 4, 6]),
  });
  expect(medians).toEqual({ a: 2, b: 5 });
  expect(order.join("")).toBe("ababab");
  expect(() => median([])).toThrow(RangeError);
});
