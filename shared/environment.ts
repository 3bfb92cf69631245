/** Reads environment variables. No other module reads `process.env`. */

/**
 * Returns the value of an environment variable that Terraform always sets.
 * @throws {Error} if it is missing or empty. The message contains its name.
 */
export function required(name: string): string {
  const value = optional(name);
  if (value === undefined) throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/** Returns the value of an environment variable, or undefined if it is missing or empty. */
export const optional = (name: string): string | undefined => process.env[name] || undefined;

/** Returns the items of a comma-separated environment variable. Default: no items. */
export function list(name: string): string[] {
  return (process.env[name] ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
