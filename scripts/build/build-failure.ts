import type { BuildFailure, Message } from "esbuild";

/** Returns whether an error is esbuild's report of errors in the sources. */
export const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && "warnings" in error;

/** The part of an esbuild error that is printed. */
export type BuildError = Pick<Message, "location" | "text">;

/** Returns a line of text for each error, with file, line and column. */
export const describeErrors = (errors: readonly BuildError[]): string =>
  errors.map(describe).join("\n");

const describe = ({ location, text }: BuildError): string =>
  location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
