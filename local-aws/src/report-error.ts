/**
 * Prints an internal error of the local AWS with its stack, as a warning on stderr. The local AWS keeps
 * running.
 * @param name the type of the warning.
 */
export function reportError(error: unknown, name = "LocalAwsInternalError"): void {
  process.emitWarning(textOf(error), name);
}

/** Accepts any value, because a thrown value cannot always be converted to a string. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack) : String(error);
  } catch {
    return "An error without a message.";
  }
}
