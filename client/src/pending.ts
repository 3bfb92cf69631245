import type { Connection } from "./connection.ts";
import type { RequestIdentity } from "./errors.ts";
import type { Piece } from "./frames.ts";
import type { RequestOptions } from "./options.ts";
import { createSequence } from "./sequence.ts";
import { createTimer } from "./timer.ts";

/** A request that has no reply yet. */
export interface Pending extends RequestIdentity {
  /** The message, which is the same each time the request is sent. */
  readonly text: string;
  readonly retry: boolean;
  /** Whether it was sent at least once. */
  sent: boolean;
  /** The open connections that it was sent over, and that its reply may arrive on. */
  readonly connections: Set<Connection>;
  /** Passes a piece on if it is the next one. Restarts the timeout. */
  advance(piece: Piece, connection: Connection): void;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

interface Settlement {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  onSettled(pending: Pending): void;
  /**
   * Called at the timeout. Must reject the request.
   * @param silent the connection, if it received no message during the timeout.
   */
  onTimeout(pending: Pending, silent: Connection | undefined): void;
}

/**
 * Creates a request that settles once: when `resolve` or `reject` is called, at its timeout, or when its
 * signal aborts.
 * @param connection the connection that it will be sent over, if there is one.
 */
export function createPending(
  request: RequestIdentity & Pick<Pending, "text" | "retry">,
  connection: Connection | undefined,
  { signal, timeout, ...listeners }: RequestOptions & { timeout: number },
  { resolve, reject, onSettled, onTimeout }: Settlement,
): Pending {
  const timer = createTimer();
  const startTimeout = (over: Connection | undefined) => {
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
    ...request,
    sent: false,
    connections: new Set(),
    advance(piece, over) {
      startTimeout(over);
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
  startTimeout(connection);
  return pending;
}
