/** The execution environments of a function, counted by state. */
export interface FunctionOverview {
  functionName: string;
  /** Environments in their first start. */
  cold: number;
  /** Environments that run an invocation. */
  busy: number;
  /** Idle environments. */
  warm: number;
  /** Idle environments whose process is stopped until the next invocation. */
  frozen: number;
  /** Invocations that wait for an environment. */
  waiting: number;
}
