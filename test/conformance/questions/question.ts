import type { BenchApi } from "./api.ts";
import type { Bench } from "./bench.ts";

/** A question that no source answers. */
export interface Question {
  /** The row of docs/aws-contract.md that an answer of AWS settles. */
  settles: `OPEN-${number}`;
  question: string;
  /** How many minutes it takes on AWS, without the setup. */
  minutes: number;
  /**
   * Runs the procedure, and returns the observations without an interpretation.
   * @param openApi the API that the questions share, with the stage `dev` and {@link OPEN_ROUTES}.
   */
  ask(bench: Bench, openApi: () => Promise<BenchApi>): Promise<Observed>;
}

/** A value that can be written as JSON. */
export type Observed =
  | boolean
  | null
  | number
  | string
  | readonly Observed[]
  | { readonly [name: string]: Observed | undefined };

/** The routes of the API that the questions share. Those but the first three are also route values. */
export const OPEN_ROUTES = {
  $connect: {},
  $disconnect: {},
  $default: {},
  // The function takes three seconds.
  slow: { timeout: 200 },
  "1": {},
  true: {},
  null: {},
};
