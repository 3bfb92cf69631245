import type { BuildFailure, Message } from "esbuild";

/** Whether sources, and not the build itself, are at fault. */
export const isBuildFailure = (error: unknown): error is BuildFailure =>
  error instanceof Error && "errors" in error && "warnings" in error;

/** A line for each error, with file, line and column; one, however many builds have it. */
export function describeBuildFailures(failures: Iterable<BuildFailure>): string {
  return [...new Set([...failures].flatMap(({ errors }) => errors.map(describe)))].join("\n");
}

const describe = ({ location, text }: Message): string =>
  location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
