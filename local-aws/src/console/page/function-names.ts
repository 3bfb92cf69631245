/** The common prefix of all function names, such as `chat-`. */
let prefix = "";

/** Stores the names of all functions. Returns whether short names have changed. */
export function setFunctionNames(names: readonly string[]): boolean {
  const before = prefix;
  prefix = commonPrefix(names);
  return prefix !== before;
}

/** Returns a name without the common prefix of all function names. */
export const shortName = (name: string): string =>
  name.startsWith(prefix) ? name.slice(prefix.length) : name;

/**
 * Returns the common prefix of the names, up to its last hyphen. Returns an empty string for fewer than
 * two names.
 */
export function commonPrefix([first = "", ...others]: readonly string[]): string {
  if (others.length === 0) return "";
  const isCommon = (end: number) => others.every((name) => name.startsWith(first.slice(0, end)));
  let length = 0;
  while (length < first.length && isCommon(length + 1)) length += 1;
  return first.slice(0, first.lastIndexOf("-", length - 1) + 1);
}
