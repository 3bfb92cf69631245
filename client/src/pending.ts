import type { Connection } from "./connection.ts";
import type { Asked } from "./errors.ts";
import type { Piece } from "./frames.ts";
import type { RequestOptions } from "./options.ts";
import { createSequence } from "./sequence.ts";
import { createTimer } from "./timer.ts";

/** A request that has no reply yet. */
export interface Pending extends Asked {
  /** The message as it goes to the server, now and when it is sent again. */
  readonly text: string;
  readonly retry: boolean;
  /** Whether it was sent at all. */
  sent: boolean;
  /** Where its reply may come from: those it was sent over, as long as they last. */
  readonly connections: Set<Connection>;
  /** Passes on a piece if it is the next one. Its time starts again with each piece. */
  advance(piece: Piece, connection: Connection): void;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

interface Settlement {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  onSettled(pending: Pending): void;
  /** Has to reject it. @param silent the connection, if nothing came over it in that time. */
  onTimeout(pending: Pending, silent: Connection | undefined): void;
}

/**
 * Settles once: with what it is given, at the end of its time, or when the signal says so.
 * @param connection the one that it is made over, if there is one.
 */
export function createPending(
  asked: Asked & Pick<Pending, "text" | "retry">,
  connection: Connection | undefined,
  { signal, timeout, ...listeners }: RequestOptions & { timeout: number },
  { resolve, reject, onSettled, onTimeout }: Settlement,
): Pending {
  const timer = createTimer();
  const startTime = (over: Connection | undefined) => {
    const received = over?.received;
    timer.start(timeout, () => onTimeout(pending, over?.received === received ? over : undefined));
  };
  const pass = createSequence(listeners);
  const settle = () => {
    timer.stop();
    signal?.removeEventListener("abort", abort);
    onSettled(pending);
  };
  const pending: Pending = {
    ...asked,
    sent: false,
    connections: new Set(),
    advance(piece, over) {
      startTime(over);
      pass(piece, over);
    },
    resolve(result) {
      settle();
      resolve(result);
    },
    reject(error) {
      settle();
      reject(error);
    },
  };
  const abort = () => pending.reject(signal?.reason);
  signal?.addEventListener("abort", abort);
  startTime(connection);
  return pending;
}
