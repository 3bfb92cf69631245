/** The execution environments of a function, counted by state. */
export interface FunctionOverview {
  functionName: string;
  /** In their first start. */
  cold: number;
  /** Running an invocation. */
  busy: number;
  /** Idle. */
  warm: number;
  /** Idle, with the process stopped until the next invocation. */
  frozen: number;
  /** Invocations that wait for an environment. */
  waiting: number;
}
