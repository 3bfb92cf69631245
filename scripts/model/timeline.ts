/** Actions in the order of their time, which advances only to the next of them. */
export interface Timeline {
  /** Milliseconds since the begin, to the millisecond. */
  now(): number;
  after(milliseconds: number, action: () => void): void;
  /** Runs what is due, and what that adds, until nothing is left or the time is up. */
  run(limit: number): void;
}

export function createTimeline(): Timeline {
  const due = new Map<number, (() => void)[]>();
  let time = 0;
  return {
    now: () => time,
    after(milliseconds, action) {
      const at = time + Math.round(milliseconds);
      const actions = due.get(at);
      if (actions === undefined) due.set(at, [action]);
      else actions.push(action);
    },
    run(limit) {
      for (; time <= limit && due.size > 0; time += 1) {
        // An action may add another for the same millisecond, which this loop then reaches.
        for (const action of due.get(time) ?? []) action();
        due.delete(time);
      }
    },
  };
}
