import { GIGABYTE } from "./prices.ts";

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

export const count = (number: number) => grouped.format(number);

export const dollars = (amount: number) =>
  amount < 0 ? `-$${exact.format(-amount)}` : `$${exact.format(amount)}`;

const precise = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 10,
});

const multiples = new Map([
  [1e6, " per million"],
  [GIGABYTE, " per GB"],
]);

/** Returns a price with its unit: `$1.00 per million`, `$0.09 per GB`. */
export const unitPrice = (amount: number, units: number) =>
  `$${precise.format(amount)}${multiples.get(units) ?? ""}`;

/** Fine where it is small: 0.39, 3.9, 386. */
export const rate = (number: number) =>
  number > 0 && number < 10 ? number.toPrecision(2) : grouped.format(number);

const tenths = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

export const percent = (share: number) =>
  `${share < 0.1 ? rate(share * 100) : tenths.format(share * 100)}%`;

export const seconds = (number: number) =>
  Number.isFinite(number) ? `${number.toFixed(1)} s` : "over 4 h";

/** Lines of columns: the first is left-aligned, the others right-aligned, an empty row is a gap. */
export function table(rows: string[][]): string {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 0 ? cell.padEnd(width) : cell.padStart(width);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
