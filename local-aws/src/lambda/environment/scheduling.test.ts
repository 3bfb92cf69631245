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

test("with less than one idle core, the number of running jobs stays", () => {
  const { clock, running, add } = startScheduler(0.7, 2);
  add(0, 1, 2);
  clock.advance(400);
  expect(running).toEqual([0, 1]);
});

test("without an idle core, a waiting job starts only if a running job is blocked", () => {
  const { clock, running, add } = startScheduler(0.4);
  add(0, 1, 2);
  clock.advance(500);
  expect(running).toEqual([0]);
  clock.advance(100);
  expect(running).toEqual([0, 1]);
});

test("a job that arrives while another is blocked starts at once", () => {
  const { clock, running, add } = startScheduler(0);
  add(0);
  clock.advance(501);
  add(1);
  expect(running).toEqual([0, 1]);
});

test("on a busy machine, one job runs at a time, until the machine counts as idle again", () => {
  const { clock, running, add, end } = startScheduler(0, 2);
  add(0, 1, 2);
  expect(running).toEqual([0, 1]);
  clock.advance(100);
  end();
  expect(running).toEqual([1]);
  end();
  expect(running).toEqual([2]);
  end();
  clock.advance(899);
  add(3, 4);
  expect(running).toEqual([3]);
  end();
  end();
  clock.advance(100 + 1000);
  add(5, 6);
  expect(running).toEqual([5, 6]);
});

test("once nothing waits, the capacity holds again", () => {
  const { clock, running, add, end } = startScheduler(1);
  add(0, 1, 2);
  clock.advance(200);
  expect(running).toEqual([0, 1, 2]);
  for (let ended = 0; ended < 3; ended += 1) end();
  add(3, 4, 5);
  expect(running).toEqual([3]);
});
