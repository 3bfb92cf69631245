import type { Access } from "./access.ts";
import type { Probe } from "./probe.ts";

/** One thing that AWS does, and that can be seen from outside: a row of the tables beside this file. */
export interface Behaviour {
  /** A sentence; together with the basis, the title of the test. */
  behaviour: string;
  /**
   * How it is known. A capture is a record of what AWS sent; the documentation includes AWS's API
   * models and the source code that AWS has published; a report is somebody's word for it.
   */
  basis: "capture" | "documentation" | "report";
  /** Where it is known from. */
  source: string;
  /** Why it can't be tried on AWS with nothing but the deployed stack. */
  only?: `local: ${string}`;
  /** What the local AWS does instead, until it is mended: the test then expects the check to fail. */
  differs?: string;
  check(target: Target): Promise<void>;
}

/** What the behaviours are tried on. */
export interface Target {
  /** The stack as it is deployed: on AWS, or in a local AWS. */
  readonly stack: Access;
  /** The same stack in a local AWS of its own, its functions replaced by what a check wants to run. */
  readonly probe: Probe;
}
