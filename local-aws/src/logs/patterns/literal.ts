import { invalidParameter } from "../log-errors.ts";

/** The form of a quoted text, in which a backslash makes a quote or a backslash literal. */
export const quotedForm = String.raw`"(?:[^"\\]|\\.)*"`;

/** The form of a regular expression: the characters and operators that AWS supports, between `%`. */
export const expressionForm = String.raw`%[\w:#=@/;,^$?[\]{}|\\*+.-]+%`;

export const unquote = (quoted: string): string => quoted.slice(1, -1).replace(/\\(["'\\])/g, "$1");

/**
 * Compiles a regular expression between `%`. AWS lets the lower limit of a repetition be left out.
 * @throws {AwsError} 400 InvalidParameterException
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/regex-expressions.html
 */
export function compileExpression(token: string): RegExp {
  const source = token
    .slice(1, -1)
    .replace(/\\.|\[[^\]]*\]|\{,/g, (part) => (part === "{," ? "{0," : part));
  try {
    return new RegExp(source);
  } catch {
    throw invalidParameter("Failed to compile regular expression.");
  }
}

const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

export const readsAsNumber = (text: string): boolean => numberForm.test(text);
