/** Measures the time until replies. A reply has the ID of its request. */
export interface RoundTrips {
  sent(text: string): void;
  /**
   * Returns the milliseconds from the request to this reply, or undefined if the request is not known.
   */
  received(text: string): number | undefined;
  /** Returns the same for a progress frame. */
  progressed(text: string): number | undefined;
  /** Returns the ID in a request, a progress frame or a reply, or undefined if there is none. */
  idOf(text: string): string | undefined;
}

/**
 * Creates a measurement of round trips.
 * @param member the member of requests and replies with the ID, or null if there is none.
 * @param limit the maximum number of requests without a reply. The oldest one is dropped first.
 */
export function createRoundTrips(
  member: string | null,
  limit = 1000,
  now = () => performance.now(),
): RoundTrips {
  const sentAt = new Map<string, number>();
  const idOf = (text: string) => (member === null ? undefined : stringIn(text, member));
  const since = (text: string) => {
    const begin = sentAt.get(idOf(text) ?? "");
    return begin === undefined ? undefined : now() - begin;
  };
  return {
    idOf,
    progressed: since,
    sent(text) {
      const id = idOf(text);
      if (id === undefined) return;
      sentAt.set(id, now());
      const [oldest] = sentAt.keys();
      if (sentAt.size > limit && oldest !== undefined) sentAt.delete(oldest);
    },
    received(text) {
      const took = since(text);
      sentAt.delete(idOf(text) ?? "");
      return took;
    },
  };
}

/** Returns the string in a member of a JSON object, or undefined if there is none. */
function stringIn(text: string, member: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const found =
      typeof value === "object" && value !== null
        ? Object.getOwnPropertyDescriptor(value, member)?.value
        : undefined;
    return typeof found === "string" ? found : undefined;
  } catch {
    return undefined;
  }
}
