const NAME = "TimedOut";

/** The failure of a job whose action was stopped shortly before the function's timeout. */
export class TimedOut extends Error {
  override readonly name = NAME;

  constructor(options?: ErrorOptions) {
    super("The action was stopped shortly before the function's timeout.", options);
  }
}

/** Returns whether an `errorType` that Lambda reports is that of a `TimedOut`. */
export const isTimedOut = (errorType: unknown): boolean => errorType === NAME;
