import type { ConditionKeys } from "./condition-keys.ts";

/** `${key}`, or `${key, 'default'}`. */
const VARIABLE = /\$\{([^}]*)\}/g;

/** Variables that mean the character itself. */
const CHARACTERS: ReadonlySet<string> = new Set(["*", "?", "$"]);

/** Returns whether a text has variables. */
export const hasVariables = (text: string): boolean => text.includes("${");

/**
 * Replaces the variables of a text with the values of their keys. Wildcards in a value are escaped as
 * `${*}`.
 * @returns undefined if the local AWS does not know a key, or null if a key has no value and no default.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function replaceVariables(text: string, keys: ConditionKeys): string | null | undefined {
  const names = [...text.matchAll(VARIABLE)].map(([, variable = ""]) => variable);
  const values = new Map(names.map((variable) => [variable, valueOf(variable, keys)]));
  if ([...values.values()].includes(undefined)) return undefined;
  if ([...values.values()].includes(null)) return null;
  return text.replaceAll(VARIABLE, (_, variable: string) => values.get(variable) ?? "");
}

function valueOf(variable: string, keys: ConditionKeys): string | null | undefined {
  if (CHARACTERS.has(variable)) return `\${${variable}}`;
  const [, key = variable, fallback] = /^([^,]*?)\s*(?:,\s*'(.*)'\s*)?$/.exec(variable) ?? [];
  const values = keys(key.trim());
  if (values === undefined) return undefined;
  const [value = fallback] = values;
  return value === undefined ? null : value.replaceAll(/[*?$]/g, "${$&}");
}

/** Unescapes a text without wildcards: `${*}` becomes `*`. */
export const literal = (text: string): string => text.replaceAll(/\$\{([*?$])\}/g, "$1");
