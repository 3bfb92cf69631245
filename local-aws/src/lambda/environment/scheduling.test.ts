import { availableParallelism } from "node:os";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { Scheduler } from "./scheduling.ts";

/**
 * Starts a scheduler of jobs that run until they are ended, on a machine with this many idle cores.
 * @param onMeasure called for each running job when the idle cores are measured.
 */
function startScheduler(idle: number, capacity = 1, onMeasure?: (job: number) => void) {
  const running: number[] = [];
  const measured: number[] = [];
  const scheduler: Scheduler<number, number> = new Scheduler({
    capacity,
    start(job) {
      scheduler.began(job);
      running.push(job);
    },
    idleCores: {
      start() {},
      measure() {
        measured.push(running.length);
        if (onMeasure !== undefined) running.forEach(onMeasure);
        return idle;
      },
    },
  });
  const end = () => {
    const job = running.shift();
    if (job !== undefined) scheduler.finished(job);
    scheduler.startWaiting();
  };
  return { scheduler, running, measured, end };
}

test("while cores are idle, more short jobs start, up to a limit per core", async () => {
  const { scheduler, running, measured } = startScheduler(1, 1, (job) => {
    // As if it had ended, and another had started.
    scheduler.finished(job);
    scheduler.began(job);
  });
  const limit = 4 * availableParallelism();
  for (let job = 0; job < limit + 3; job += 1) scheduler.add(job);
  expect(running).toHaveLength(1);
  await expect.poll(() => measured.length, { timeout: 30_000 }).toBe(limit + 2);
  expect(measured.slice(0, 3)).toEqual([1, 2, 3]);
  expect(measured.slice(-3)).toEqual([limit, limit, limit]);
  scheduler.stop();
});

test("with less than one idle core, the number of running jobs stays", async () => {
  const { scheduler, running, measured } = startScheduler(0.7, 2);
  for (let job = 0; job < 3; job += 1) scheduler.add(job);
  await expect.poll(() => measured.length, { timeout: 5000 }).toBe(2);
  expect(running).toEqual([0, 1]);
  scheduler.stop();
});

test("without an idle core, a waiting job starts only if a running job is blocked", async () => {
  const { scheduler, running } = startScheduler(0.4);
  const added = performance.now();
  for (let job = 0; job < 3; job += 1) scheduler.add(job);
  await expect.poll(() => running.length, { timeout: 5000 }).toBe(2);
  expect(performance.now() - added).toBeGreaterThan(500);
  scheduler.stop();
});

test("a job that arrives while another is blocked starts at once", async () => {
  const { scheduler, running } = startScheduler(0);
  scheduler.add(0);
  scheduler.add(1);
  await expect.poll(() => running.length, { timeout: 5000 }).toBe(2);
  await setTimeout(500);
  scheduler.add(2);
  expect(running).toEqual([0, 1, 2]);
  scheduler.stop();
});

test("on a busy machine, one job runs at a time, until the machine counts as idle again", async () => {
  const { scheduler, running, measured, end } = startScheduler(0, 2);
  for (let job = 0; job < 3; job += 1) scheduler.add(job);
  expect(running).toEqual([0, 1]);
  await expect.poll(() => measured.length, { timeout: 5000 }).toBe(1);
  end();
  expect(running).toEqual([1]);
  end();
  expect(running).toEqual([2]);
  end();
  scheduler.add(3);
  scheduler.add(4);
  expect(running).toEqual([3]);
  scheduler.stop();
});

test("once nothing waits, the capacity holds again", async () => {
  const { scheduler, running, end } = startScheduler(1);
  for (let job = 0; job < 3; job += 1) scheduler.add(job);
  await expect.poll(() => running.length, { timeout: 5000 }).toBe(3);
  for (let ended = 0; ended < 3; ended += 1) end();
  for (let job = 3; job < 6; job += 1) scheduler.add(job);
  expect(running).toEqual([3]);
  scheduler.stop();
});
