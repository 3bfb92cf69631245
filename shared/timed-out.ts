const NAME = "TimedOut";

/** The failure of a job whose signal aborted, because the function would soon time out. */
export class TimedOut extends Error {
  override readonly name = NAME;

  constructor(options?: ErrorOptions) {
    super("The action was stopped shortly before the function's timeout.", options);
  }
}

/** Whether an `errorType` that Lambda reports is that of a `TimedOut`. */
export const isTimedOut = (errorType: unknown): boolean => errorType === NAME;
