/**
 * Prints an error of the local AWS itself, with its stack, as a warning on stderr: a person can report
 * it, and the local AWS goes on.
 * @param name the type of the warning.
 */
export function reportError(error: unknown, name = "ErrorOfLocalAws"): void {
  process.emitWarning(textOf(error), name);
}

/** Takes anything, for a value that was thrown may have no text. */
function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.stack) : String(error);
  } catch {
    return "An error that has no text.";
  }
}
