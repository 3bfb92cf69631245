/**
 * Returns the value of a `$context` variable as text, or undefined if it has none.
 * @param path of its name: `["identity", "sourceIp"]`.
 */
export function contextVariable(context: object, path: readonly string[]): string | undefined {
  let value: unknown = context;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
