import type { Connection } from "./connection.ts";
import type { Asked } from "./errors.ts";
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
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

interface Settlement {
  resolve(result: unknown): void;
  reject(error: unknown): void;
  onSettled(pending: Pending): void;
  /** Has to reject it. */
  onTimeout(pending: Pending): void;
}

/** Settles once: with what it is given, at the end of its time, or when the signal says so. */
export function createPending(
  asked: Asked & Pick<Pending, "text" | "retry">,
  { signal, timeout }: { signal: AbortSignal | undefined; timeout: number },
  { resolve, reject, onSettled, onTimeout }: Settlement,
): Pending {
  const timer = createTimer();
  const settle = () => {
    timer.stop();
    signal?.removeEventListener("abort", abort);
    onSettled(pending);
  };
  const pending: Pending = {
    ...asked,
    sent: false,
    connections: new Set(),
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
  timer.start(timeout, () => onTimeout(pending));
  return pending;
}
