import { parseArn } from "../arn.ts";

/**
 * Returns whether a text has the form of a pattern, in which `*` stands for any characters and `?` for
 * one. `${*}`, `${?}` and `${$}` stand for the characters themselves.
 * @returns a function, so that a pattern is compiled once.
 */
export function wildcard(pattern: string, flags = ""): (value: string) => boolean {
  const source = pattern.replace(
    /\$\{([*?$])\}|\*+|[?.+^${}()|[\]\\]/g,
    (token: string, literal?: string) => {
      if (literal !== undefined) return `\\${literal}`;
      if (token.startsWith("*")) return ".*";
      return token === "?" ? "." : `\\${token}`;
    },
  );
  const expression = new RegExp(`^${source}$`, `s${flags}`);
  return (value) => expression.test(value);
}

/**
 * The condition operator ArnLike: each part of an ARN is matched by itself, so that no
 * wildcard reaches across a colon, except in the last part, which may hold colons of its own.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function arnLike(pattern: string, value: string): boolean {
  // Most patterns are the one ARN that they match, for which nothing has to be compiled.
  if (!/[*?]/.test(pattern)) return pattern === value && partsOf(pattern) !== undefined;
  return arnMatcher(pattern)(value);
}

/** `arnLike` for a pattern that is used again and again. */
export function arnMatcher(pattern: string): (value: string) => boolean {
  const matchers = partsOf(pattern)?.map((part) => wildcard(part));
  if (matchers === undefined) return () => false;
  return (value) => {
    const parts = partsOf(value);
    return parts !== undefined && matchers.every((matches, index) => matches(parts[index] ?? ""));
  };
}

function partsOf(arn: string): string[] | undefined {
  const parsed = parseArn(arn);
  return parsed && Object.values(parsed);
}
