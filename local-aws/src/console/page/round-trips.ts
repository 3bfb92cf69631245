/** How long replies take, told apart by their requestIds. */
export interface RoundTrips {
  sent(text: string): void;
  /** Milliseconds since the request that it answers; undefined where that isn't known. */
  received(text: string): number | undefined;
}

/** @param limit how many requests may be without a reply; the oldest is given up first. */
export function createRoundTrips(limit = 1000, now = () => performance.now()): RoundTrips {
  const sentAt = new Map<string, number>();
  return {
    sent(text) {
      const id = requestIdOf(text);
      if (id === undefined) return;
      sentAt.set(id, now());
      const [oldest] = sentAt.keys();
      if (sentAt.size > limit && oldest !== undefined) sentAt.delete(oldest);
    },
    received(text) {
      const id = requestIdOf(text) ?? "";
      const begin = sentAt.get(id);
      sentAt.delete(id);
      return begin === undefined ? undefined : now() - begin;
    },
  };
}

/** By its looks, for a text that is no JSON may have one, too. */
function requestIdOf(text: string): string | undefined {
  return /"requestId" ?: ?"([^"\\]+)"/.exec(text)?.[1];
}
