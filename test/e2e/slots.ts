/** Room for a number of things at a time. */
export interface Slots {
  /** Resolves when there is room, first come, first served. */
  take(): Promise<void>;
  give(): void;
}

export function createSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    async take() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
    },
    give() {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    },
  };
}

/** Runs a task when there is room for it. */
export async function inSlot<Result>(slots: Slots, task: () => Promise<Result>): Promise<Result> {
  await slots.take();
  try {
    return await task();
  } finally {
    slots.give();
  }
}
