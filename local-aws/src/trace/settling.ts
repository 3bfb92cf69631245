import { isolated } from "../observers.ts";
import type { Recorder } from "./recorder.ts";
import type { TracedMessage } from "./types.ts";

/**
 * Calls a listener for each message that has settled, and again if the message continues and settles later.
 * @returns a function that stops the calls.
 */
export function onSettled(
  recorder: Recorder,
  listener: (message: TracedMessage) => void,
): () => void {
  const waiting = new Set<TracedMessage>();
  const notify = isolated(listener);
  const notifyAll = () => {
    for (const message of waiting) {
      waiting.delete(message);
      if (message.settled) notify(message);
    }
  };
  return recorder.subscribe((message) => {
    if (!message.settled) return;
    // Further events that a point causes are recorded in the same turn of the event loop.
    if (waiting.size === 0) setImmediate(notifyAll);
    waiting.add(message);
  });
}
