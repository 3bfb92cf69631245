import { invalidParameter } from "../log-errors.ts";
import { expressionForm, quotedForm } from "./literal.ts";
import { invalidPattern, invalidToken } from "./pattern-errors.ts";
import { selectorForm } from "./selector.ts";

/** The tokens of a pattern that are still to be read. */
export interface Tokens {
  /** The first token, or one after it; empty at the end of the pattern. */
  peek(index?: number): string;
  /** Removes the first token and returns it; empty at the end of the pattern. */
  take(): string;
  /** @throws {AwsError} 400 InvalidParameterException if the first token is another. */
  expect(token: string): void;
  some(predicate: (token: string) => boolean): boolean;
}

const MAX_EXPRESSIONS = 2;

const wordForm = String.raw`[\w.*+-]+`;
const operatorForm = String.raw`&&|\|\||[!<>]=|[=<>()]`;
const sharedForms = `${quotedForm}|${expressionForm}|${operatorForm}|${wordForm}`;

const tokenForms = {
  json: `[{}]|${selectorForm}|${sharedForms}`,
  delimited: String.raw`[[\],]|${sharedForms}`,
};

/**
 * Splits a pattern that has conditions into tokens.
 * @throws {AwsError} 400 InvalidParameterException for text that is not a token, and for more regular
 * expressions than AWS allows.
 */
export function tokenize(pattern: string, kind: keyof typeof tokenForms): Tokens {
  const form = new RegExp(String.raw`\s*(${tokenForms[kind]})\s*`, "sy");
  const tokens: string[] = [];
  for (let position = 0; position < pattern.length; position = form.lastIndex) {
    form.lastIndex = position;
    const token = form.exec(pattern)?.[1];
    if (token === undefined) throw invalidToken(pattern.slice(position));
    tokens.push(token);
  }
  if (tokens.filter((token) => token.startsWith("%")).length > MAX_EXPRESSIONS)
    throw invalidParameter(
      `Your input has exceeded the maximum of ${MAX_EXPRESSIONS} regular expressions per filter pattern.`,
    );
  const take = () => tokens.shift() ?? "";
  return {
    peek: (index = 0) => tokens[index] ?? "",
    take,
    some: (predicate) => tokens.some(predicate),
    expect(token) {
      if (take() !== token) throw invalidPattern();
    },
  };
}
