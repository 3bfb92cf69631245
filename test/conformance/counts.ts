/** The numbers of rows of the conformance suite, which README.md and local-aws/README.md quote. */
import { BASES, type Basis } from "./behavior.ts";
import { accountTables, stackTables } from "./tables.ts";

const rows = [...stackTables, ...accountTables].flatMap((table) =>
  table.rows.map(({ service = table.service, basis }) => ({ service, basis })),
);

export const rowCount = rows.length;

/** Returns a table in Markdown: a row for each service, a column for each basis. */
export function countTable(): string {
  const services = [...new Set(rows.map(({ service }) => service))].toSorted();
  const counts = (matching: { basis: Basis }[]) =>
    [...BASES.map((basis) => matching.filter((row) => row.basis === basis)), matching].map(
      ({ length }) => String(length),
    );
  const heads = ["rows about", ...BASES, "all"];
  const lines = [
    heads,
    ...services.map((name) => [name, ...counts(rows.filter(({ service }) => service === name))]),
    ["all", ...counts(rows)],
  ];
  const widths = heads.map((_, column) =>
    Math.max(...lines.map((cells) => cells[column]?.length ?? 0)),
  );
  const [first = "", ...others] = widths.map((width) => "-".repeat(width));
  const rule = [first, ...others.map((dashes) => dashes.replace(/-$/, ":"))];
  return [heads, rule, ...lines.slice(1)]
    .map((cells) => {
      const padded = cells.map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      );
      return `| ${padded.join(" | ")} |\n`;
    })
    .join("");
}
