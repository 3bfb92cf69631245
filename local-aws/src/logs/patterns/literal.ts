import { invalidParameter } from "../log-errors.ts";

/** The form of a quoted text without its end. A backslash makes a quote or a backslash literal. */
export const openQuotedForm = String.raw`"(?:[^"\\]|\\.)*`;
export const quotedForm = `${openQuotedForm}"`;

/** A character or an operator that AWS supports in a regular expression. */
export const expressionCharacter = String.raw`[\w:#=@/;,^$?[\]{}|\\*+.-]`;
/** The form of a regular expression. */
export const expressionForm = `%${expressionCharacter}+%`;

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
