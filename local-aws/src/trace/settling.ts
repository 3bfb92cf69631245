import { isolated } from "../observers.ts";
import type { Recorder } from "./recorder.ts";
import type { TracedMessage } from "./types.ts";

/**
 * Calls back with each message once it is settled; again, where more comes of it later.
 * @returns what ends it.
 */
export function onSettled(
  recorder: Recorder,
  listener: (message: TracedMessage) => void,
): () => void {
  const waiting = new Set<TracedMessage>();
  const notify = isolated(listener);
  const tell = () => {
    for (const message of waiting) {
      waiting.delete(message);
      if (message.settled) notify(message);
    }
  };
  return recorder.subscribe((message) => {
    if (!message.settled) return;
    // What follows from a point is recorded within the same turn of the event loop.
    if (waiting.size === 0) setImmediate(tell);
    waiting.add(message);
  });
}
