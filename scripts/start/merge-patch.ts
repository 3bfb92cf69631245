/** JSON Merge Patch, RFC 7396, for documents without null. */

/** Returns the target with the changes of a patch. Does not change its arguments. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch))
    if (value === null) delete result[name];
    else result[name] = applyMergePatch(result[name], value);
  return result;
}

/** Returns the patch that changes `from` to `to`, or undefined if they are equal. */
export function mergePatch(from: unknown, to: unknown): unknown {
  if (!isObject(from) || !isObject(to))
    return JSON.stringify(from) === JSON.stringify(to) ? undefined : to;
  const changes = [...new Set([...Object.keys(from), ...Object.keys(to)])].flatMap((name) => {
    const change = name in to ? mergePatch(from[name], to[name]) : null;
    return change === undefined ? [] : [[name, change]];
  });
  return changes.length === 0 ? undefined : Object.fromEntries(changes);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
