import type { Connection } from "./connection.ts";
import type { Piece } from "./frames.ts";
import { later } from "./later.ts";
import type { RequestOptions } from "./options.ts";

/**
 * Returns a function that takes the pieces of one request as they come, and passes on those of one
 * attempt in order, each once. A piece does not name its attempt. A later attempt is recognized by a
 * number 0 after other pieces, or over another connection, on which the request was sent again.
 */
export function createSequence({
  onRestart,
  onProgress,
}: Pick<RequestOptions, "onRestart" | "onProgress">) {
  /** The connection that brings the pieces of the current attempt. */
  let source: Connection | undefined;
  let expected = 0;
  let first: string | undefined;

  return ({ sequence, progress }: Piece, connection: Connection): void => {
    if (sequence === 0) {
      const content = JSON.stringify(progress);
      // The same frame twice, and not a restart: the server repeats a post whose response it missed.
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
