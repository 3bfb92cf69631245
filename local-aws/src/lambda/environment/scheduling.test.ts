import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { createManualClock } from "../../manual-clock.ts";
import { Scheduler } from "./scheduling.ts";

/**
 * Starts a scheduler of jobs that run until they are ended, on a machine with this many idle cores. It
 * measures them every 100 ms of the clock.
 */
function startScheduler(idle: number, capacity = 1) {
  const running: number[] = [];
  const clock = createManualClock();
  const idleCores = { start() {}, measure: () => idle };
  const scheduler: Scheduler<number, number> = new Scheduler(
    { capacity, clock, idleCores },
    (job) => {
      scheduler.began(job);
      running.push(job);
    },
  );
  const add = (...jobs: number[]) => {
    for (const job of jobs) scheduler.add(job);
  };
  const end = () => {
    const job = running.shift();
    if (job !== undefined) scheduler.finished(job);
    scheduler.startWaiting();
  };
  return { scheduler, clock, running, add, end };
}

test("while cores are idle, more short jobs start, up to a limit per core", () => {
  const { scheduler, clock, running, add } = startScheduler(1);
  const limit = 4 * availableParallelism();
  add(...Array(limit + 3).keys());
  const counts = Array.from({ length: limit + 2 }, () => {
    const { length } = running;
    for (const job of running) {
      // As if it had ended, and another had started.
      scheduler.finished(job);
      scheduler.began(job);
    }
    clock.advance(100);
    return length;
  });
  expect(counts.slice(0, 3)).toEqual([1, 2, 3]);
  expect(counts.slice(-3)).toEqual([limit, limit, limit]);
});

test("a job waits for a short one", () => {
  const { clock, running, add, end } = startScheduler(1, 2);
  add(0, 1);
  clock.advance(9);
  expect(running).toEqual([0]);
  end();
  expect(running).toEqual([1]);
});

test("next to each long job another one starts, up to the capacity", () => {
  const { clock, running, add } = startScheduler(0.7, 3);
  add(0, 1, 2, 3);
  clock.advance(10);
  expect(running).toEqual([0, 1]);
  clock.advance(10);
  expect(running).toEqual([0, 1, 2]);
  clock.advance(400);
  expect(running).toEqual([0, 1, 2]);
});

test("without an idle core, a waiting job starts only if a running job is blocked", () => {
  const { clock, running, add } = startScheduler(0.4);
  add(0, 1, 2);
  clock.advance(499);
  expect(running).toEqual([0]);
  clock.advance(101);
  expect(running).toEqual([0, 1]);
});

test("a job that arrives while another is blocked starts at once", () => {
  const { clock, running, add } = startScheduler(0);
  add(0);
  clock.advance(500);
  add(1);
  expect(running).toEqual([0, 1]);
});

test("a blocked job leaves room for as many long jobs as without it", () => {
  const { clock, running, add } = startScheduler(0.7, 2);
  add(0);
  clock.advance(500);
  add(1, 2, 3);
  expect(running).toEqual([0, 1]);
  clock.advance(10);
  expect(running).toEqual([0, 1, 2]);
  clock.advance(400);
  expect(running).toEqual([0, 1, 2]);
});

test("on a busy machine, one job runs at a time, until the machine counts as idle again", () => {
  const { clock, running, add, end } = startScheduler(0, 2);
  add(0, 1, 2, 3);
  clock.advance(10);
  expect(running).toEqual([0, 1]);
  clock.advance(90);
  end();
  expect(running).toEqual([1]);
  end();
  expect(running).toEqual([2]);
  clock.advance(20);
  expect(running).toEqual([2]);
  end();
  end();
  clock.advance(1100);
  add(4, 5);
  clock.advance(10);
  expect(running).toEqual([4, 5]);
});

test("once nothing waits, one short job runs at a time again", () => {
  const { clock, running, add, end } = startScheduler(1);
  add(0, 1, 2);
  clock.advance(200);
  expect(running).toEqual([0, 1, 2]);
  for (let ended = 0; ended < 3; ended += 1) end();
  add(3, 4, 5);
  expect(running).toEqual([3]);
});
