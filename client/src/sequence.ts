import type { Connection } from "./connection.ts";
import type { Piece } from "./frames.ts";
import { later } from "./later.ts";
import type { RequestOptions } from "./options.ts";

/**
 * Returns a function that receives the pieces of one request, and passes on those of the latest attempt,
 * in order and each once. A piece does not contain the number of its attempt. A new attempt has started
 * if the number 0 follows other pieces, or arrives on another connection.
 */
export function createSequence({
  onRestart,
  onProgress,
}: Pick<RequestOptions, "onRestart" | "onProgress">) {
  /** The connection of the current attempt. */
  let source: Connection | undefined;
  let expected = 0;
  let first: string | undefined;

  return ({ sequence, progress }: Piece, connection: Connection): void => {
    if (sequence === 0) {
      const content = JSON.stringify(progress);
      // A duplicate and not a restart: the server retries a post if it gets no response.
      if (connection === source && expected === 1 && content === first) return;
      if (source) later(onRestart);
      source = connection;
      expected = 0;
      first = content;
    }
    if (connection !== source || sequence !== expected) return;
    expected += 1;
    later(onProgress, progress, sequence);
  };
}
