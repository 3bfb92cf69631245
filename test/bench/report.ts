/** A figure and its reference, both measured in the same run and in the same unit. */
export interface Figure {
  /** Unique in a run. The key in `bounds.ts`. */
  name: string;
  value: number;
  reference: number;
  unit: "KB" | "ms" | "µs" | "%";
}

/** The figures of one benchmark. */
export interface Report {
  title: string;
  /** The name of the reference. */
  reference: string;
  figures: Figure[];
  /** Lines that are printed without a comparison. */
  details?: string[];
}

export interface BenchOptions {
  /** Runs fewer and smaller measurements, for CI. */
  short: boolean;
}

/** Returns the ratio of a figure to its reference. Smaller is better. */
const ratioOf = ({ value, reference }: Figure): number => value / reference;

export const kilobytes = (bytes: number): number => bytes / 1000;

/** Returns a line for each figure whose ratio exceeds its bound or is not a number. */
export function excessesOf(figures: Figure[], bounds: Record<string, number>): string[] {
  return figures.flatMap((figure) => {
    const [ratio, bound = Infinity] = [ratioOf(figure), bounds[figure.name]];
    if (ratio <= bound) return [];
    return [
      `${figure.name}: the ratio ${ratio.toFixed(3)} exceeds its bound, ${bound}, in test/bench/bounds.ts.`,
    ];
  });
}

/** Returns a report as text. */
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
