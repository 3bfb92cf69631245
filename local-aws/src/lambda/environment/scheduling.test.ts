import { expect, test } from "vitest";
import { Scheduler } from "./scheduling.ts";

/** A scheduler of jobs that run until they are ended, on a machine with this many idle cores. */
function startScheduler(idle: number) {
  const running: number[] = [];
  const measured: number[] = [];
  const scheduler: Scheduler<number, number> = new Scheduler({
    capacity: 1,
    start(job) {
      scheduler.began(job);
      running.push(job);
    },
    idleCores: {
      start() {},
      measure() {
        measured.push(running.length);
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

test("for each idle core, two waiting jobs start at a time", async () => {
  const { scheduler, running, measured } = startScheduler(1);
  for (let job = 0; job < 20; job += 1) scheduler.add(job);
  expect(running).toHaveLength(1);
  await expect.poll(() => running.length, { timeout: 5000 }).toBe(20);
  expect(measured).toEqual([1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
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

test("when no job waits, the capacity applies again", async () => {
  const { scheduler, running, end } = startScheduler(1);
  for (let job = 0; job < 3; job += 1) scheduler.add(job);
  await expect.poll(() => running.length, { timeout: 5000 }).toBe(3);
  for (let ended = 0; ended < 3; ended += 1) end();
  for (let job = 3; job < 6; job += 1) scheduler.add(job);
  expect(running).toEqual([3]);
  scheduler.stop();
});
