/** A semaphore. */
export interface Slots {
  /** Resolves when a slot is free, in the order of the calls. */
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

/** Runs a task when a slot is free. */
export async function inSlot<Result>(slots: Slots, task: () => Promise<Result>): Promise<Result> {
  await slots.take();
  try {
    return await task();
  } finally {
    slots.give();
  }
}
