import type { Access } from "./access.ts";
import type { Account } from "./account.ts";
import type { Probe } from "./probe.ts";

/** The AWS service that a behavior belongs to. */
export type Service =
  | "API Gateway"
  | "CloudWatch"
  | "CloudWatch Logs"
  | "DynamoDB"
  | "IAM and STS"
  | "Lambda"
  | "SQS";

/**
 * How a behavior is known, the strongest first:
 *
 * - `capture`: a record of the bytes that AWS sent;
 * - `snapshot`: a snapshot of LocalStack's tests, which LocalStack validated against AWS;
 * - `model`: the API models (botocore, Smithy) and the source code that AWS publishes;
 * - `documentation`: AWS's documentation;
 * - `report`: a statement of a user or of another project.
 */
export const BASES = ["capture", "snapshot", "model", "documentation", "report"] as const;
export type Basis = (typeof BASES)[number];

/** One observable behavior of AWS: a row of the tables in this folder. */
export interface Behavior {
  /** A sentence. Together with the basis, it is the title of the test. */
  behavior: string;
  basis: Basis;
  /** Where it is known from: a URL, with a commit if it is of a repository. */
  source: string;
  /** The row of docs/aws-contract.md that says the same. */
  fact?: string;
  /** Default: the service of its table. */
  service?: Service;
  /** Why it cannot run on AWS with only the deployed stack. */
  only?: `local: ${string}`;
  /** Says how the local AWS differs so far. The test then expects the check to fail. */
  differs?: string;
  /** Whether it handles large data for seconds, so only `npm run test:extended` runs it. Default: no. */
  isSlow?: boolean;
  check(target: Target): Promise<void>;
}

/** The systems that the behaviors run on. */
export interface Target {
  /** The stack as it is deployed: on AWS, or in a local AWS. */
  readonly stack: Access;
  /** The same stack in a separate local AWS. Its functions run the code that a check sends. */
  readonly probe: Probe;
  /** SDK clients of a local AWS that was empty at its start. Rows share it. */
  readonly account: Account;
}
