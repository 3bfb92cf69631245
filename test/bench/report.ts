/** A figure beside that of a reference, both measured in the same run and in the same unit. */
export interface Figure {
  /** Unique in a run; `bounds.ts` goes by it. */
  name: string;
  value: number;
  reference: number;
  unit: "KB" | "ms" | "µs" | "%";
}

/** What one file of this folder measured. */
export interface Report {
  /** What was measured. */
  title: string;
  /** What it is compared with. */
  reference: string;
  figures: Figure[];
  /** Lines of a table that is too long to be compared. */
  details?: string[];
}

export interface BenchOptions {
  /** Less of everything, for CI. */
  short: boolean;
}

/** The ratio of a figure to its reference: the smaller the better. */
const ratioOf = ({ value, reference }: Figure): number => value / reference;

export const kilobytes = (bytes: number): number => bytes / 1000;

/** A line for every figure whose ratio is beyond its bound, or isn't a number at all. */
export function excessesOf(figures: Figure[], bounds: Record<string, number>): string[] {
  return figures.flatMap((figure) => {
    const [ratio, bound = Infinity] = [ratioOf(figure), bounds[figure.name]];
    if (ratio <= bound) return [];
    return [
      `${figure.name}: the ratio ${ratio.toFixed(3)} exceeds its bound, ${bound}, in test/bench/bounds.ts.`,
    ];
  });
}

/** A report as a person reads it. */
export function format({ title, reference, figures, details = [] }: Report): string {
  const rows = figures.map((figure) => {
    const value = `${figure.value.toFixed(1)} ${figure.unit}`;
    const against = `${figure.reference.toFixed(1)} ${figure.unit}`;
    const ratio = ratioOf(figure).toFixed(3);
    return `  ${figure.name.padEnd(46)}${value.padStart(13)}${against.padStart(13)}${ratio.padStart(11)}`;
  });
  const head = `  ${"".padEnd(46)}${"measured".padStart(13)}${"reference".padStart(13)}${"ratio".padStart(11)}`;
  return [
    `${title}, compared with ${reference}`,
    head,
    ...rows,
    ...details.map((line) => `  ${line}`),
    "",
  ].join("\n");
}
