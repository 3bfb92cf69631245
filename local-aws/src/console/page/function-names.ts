/** The part that the names of all functions start with, such as `chat-`. */
let prefix = "";

/** Notes the names of all functions. Returns whether short names have changed. */
export function setFunctionNames(names: readonly string[]): boolean {
  const before = prefix;
  prefix = commonPrefix(names);
  return prefix !== before;
}

/** Returns a name without the part that the names of all functions start with. */
export const shortName = (name: string): string =>
  name.startsWith(prefix) ? name.slice(prefix.length) : name;

/** Up to the last hyphen that all names have in common. Empty if there are fewer than two names. */
export function commonPrefix([first = "", ...others]: readonly string[]): string {
  if (others.length === 0) return "";
  const isCommon = (end: number) => others.every((name) => name.startsWith(first.slice(0, end)));
  let length = 0;
  while (length < first.length && isCommon(length + 1)) length += 1;
  return first.slice(0, first.lastIndexOf("-", length - 1) + 1);
}
