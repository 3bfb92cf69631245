import type { Clock, Timer } from "./clock.ts";

/** A clock for tests. Its time changes only when `advance` is called. */
export interface ManualClock extends Clock {
  /** Advances the time, and runs the timers that are due in their order. */
  advance(milliseconds: number): void;
}

export function createManualClock(start = Date.UTC(2026, 0, 1)): ManualClock {
  let time = start;
  const timers = new Map<Timer, { due: number; callback: () => void }>();

  return {
    now: () => time,
    setTimer(callback, milliseconds) {
      const timer = { cancel: () => void timers.delete(timer) };
      timers.set(timer, { due: time + milliseconds, callback });
      return timer;
    },
    advance(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        const [next] = [...timers].toSorted(([, a], [, b]) => a.due - b.due);
        if (next === undefined || next[1].due > end) break;
        const [timer, { due, callback }] = next;
        timers.delete(timer);
        time = Math.max(time, due);
        callback();
      }
      time = end;
    },
  };
}
