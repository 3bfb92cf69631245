/** The only reader of `process.env`. */

/**
 * The value of an environment variable that Terraform always sets.
 * @throws {Error} at the start of the function, naming the variable, where it is missing or empty.
 */
export function required(name: string): string {
  const value = optional(name);
  if (value === undefined) throw new Error(`The environment variable ${name} is not set.`);
  return value;
}

/** The value of an environment variable; undefined where it is missing or empty. */
export const optional = (name: string): string | undefined => process.env[name] || undefined;

/** The items of a comma-separated environment variable; an empty or missing one is an empty list. */
export function list(name: string): string[] {
  return (process.env[name] ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
