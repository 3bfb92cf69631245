import type { BuildFailure, Message } from "esbuild";

/** Whether sources, and not the build itself, are at fault. */
export const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && "warnings" in error;

/** A part of an error of esbuild. */
export type BuildError = Pick<Message, "location" | "text">;

/** Returns a line for each error, with file, line and column. */
export const describeErrors = (errors: readonly BuildError[]): string =>
  errors.map(describe).join("\n");

const describe = ({ location, text }: BuildError): string =>
  location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
