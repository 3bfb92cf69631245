import { type AwsError, notImplemented } from "../protocols/aws-error.ts";
import { invalidParameter } from "./log-errors.ts";

export const invalidPattern = (): AwsError => invalidParameter("Invalid metric filter pattern");

/** What AWS says of a character that needs quotes; `%` would begin a regular expression. */
export const invalidCharacter = (character: string): AwsError =>
  character === "%"
    ? notImplemented("regular expressions in filter patterns")
    : invalidParameter(`Invalid character(s) in term '${character}'`);

/** The text between quotes, in which a backslash makes a quote or a backslash literal. */
export const unquote = (quoted: string): string => quoted.slice(1, -1).replace(/\\(["\\])/g, "$1");
