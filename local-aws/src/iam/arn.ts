import { parseArn } from "../arn.ts";

/**
 * Compiles a pattern, in which `*` matches any characters and `?` matches one. `${*}`, `${?}` and `${$}`
 * match the characters themselves.
 * @returns a function that returns whether a text matches.
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
 * Evaluates the condition operator ArnLike. Each part of an ARN is matched separately, so a wildcard does
 * not match a colon, except in the last part, which can contain colons.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
 */
export function arnLike(pattern: string, value: string): boolean {
  // Most patterns are an ARN without wildcards, which does not have to be compiled.
  if (!/[*?]/.test(pattern)) return pattern === value && partsOf(pattern) !== undefined;
  return arnMatcher(pattern)(value);
}

/** Compiles a pattern for `arnLike`, for repeated use. */
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
