/** Members by which a kind of frame is recognized, such as `{ status: "error" }`. */
export type FramePattern = Readonly<Record<string, string | number | boolean | null>>;

/**
 * Returns whether a frame is a JSON object with all members of a pattern. It can have other members.
 */
export function matchesPattern(text: string, pattern: FramePattern): boolean {
  const frame = objectIn(text);
  return (
    frame !== undefined &&
    Object.entries(pattern).every(
      ([name, value]) => Object.hasOwn(frame, name) && frame[name] === value,
    )
  );
}

/**
 * Returns the members of a frame that is a JSON object or array, or undefined for any other text.
 */
export function objectIn(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
