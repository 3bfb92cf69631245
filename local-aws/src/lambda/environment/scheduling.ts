/**
 * Decides when the invocations of a function start, on a machine with few cores.
 *
 * Lambda starts another environment for every concurrent invocation. Our choice: here one environment of a
 * function works at a time, and further invocations wait, because a short invocation ends before another
 * process has compiled the same code. These rules change the limit while invocations wait:
 *
 * - Next to each long invocation, which runs for `SHORT_MILLISECONDS` or longer, another environment can
 *   start, up to `capacity`.
 * - With idle cores, more environments start. Invocations that wait for a database or a timer leave the
 *   cores idle, CPU-bound ones do not.
 * - On a busy machine, one environment works. More processes than cores only take time from each other.
 * - Blocked invocations do not count. An invocation that runs for `BLOCKED_MILLISECONDS` or longer
 *   may wait for another one, so another environment can start even if the machine is busy.
 * - Senders are slowed down. With `BACKLOG` or more waiting invocations, a sender of events waits
 *   for room. So the queue cannot fill the memory, and the messages of one client that floods do not
 *   delay those of all others.
 */
import { availableParallelism } from "node:os";
import { type Clock, systemClock, type Timer } from "../../clock.ts";
import { createIdleCores, type IdleCores } from "./idle-cores.ts";

/** An invocation that runs for this time or longer counts as long. Most invocations are shorter. */
const SHORT_MILLISECONDS = 10;

/** An invocation that runs for this time or longer counts as blocked, also while its environment starts. */
const BLOCKED_MILLISECONDS = 500;

/** How often the idle cores are measured while invocations wait. */
const INTERVAL_MILLISECONDS = 100;

/** With fewer idle cores, the machine is busy. */
const BUSY_BELOW = 0.5;

/** How long a machine counts as busy after such a measurement. */
const BUSY_MILLISECONDS = 1000;

/** One more environment starts per this number of idle cores. Less than that changes nothing. */
const IDLE_CORES = 1;

/** Environments per core that start because of idle cores. Further ones start next to blocked ones. */
const MAX_PER_CORE = 4;

/** Waiting invocations from which on senders are slowed down. */
const BACKLOG = 32;

/** Below the timeout of the functions' SDK clients, which would send the event a second time. */
const LONGEST_WAIT_FOR_ROOM = 1000;

/** Our choice: the most environments of one function at work, blocked or not. */
export const MAX_ENVIRONMENTS = 32;

export interface SchedulingOptions {
  /** How many environments may be busy because of long invocations, without idle cores. */
  capacity: number;
  /** Default: the real time, in which processes run. */
  clock?: Clock;
  /** Default: those of this machine. */
  idleCores?: IdleCores;
}

export class Scheduler<Job, Worker> {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #start: (job: Job) => void;
  /** In the order of their arrival. */
  readonly #waiting: Job[] = [];
  readonly #idleCores: IdleCores;
  /** Workers with a job, each with the time when it started. */
  readonly #busy = new Map<Worker, number>();
  /** Senders that wait for room. */
  readonly #senders: (() => void)[] = [];
  /** How many workers may be busy because of idle cores, without those that are blocked. */
  #limit = 1;
  /** Until this time of the clock, the machine counts as busy. */
  #busyUntil = 0;
  /** Set while jobs wait. */
  #interval: Timer | undefined;
  /** Set while jobs wait on a machine that does not count as busy. */
  #untilLong: Timer | undefined;

  /** @param start gives a job to a worker, and calls `began` for it. */
  constructor(options: SchedulingOptions, start: (job: Job) => void) {
    this.#capacity = options.capacity;
    this.#start = start;
    this.#clock = options.clock ?? systemClock;
    this.#idleCores = options.idleCores ?? createIdleCores();
  }

  /** How many jobs wait for a worker. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Starts a job now, or as soon as there is capacity. */
  add(job: Job): void {
    if (this.#waiting.length === 0) this.#limit = 1;
    this.#waiting.push(job);
    this.startWaiting();
  }

  /** The worker has a job. */
  began(worker: Worker): void {
    this.#busy.set(worker, this.#clock.now());
  }

  /** The worker is free, or gone. Starts no other job: see `startWaiting`. */
  finished(worker: Worker): void {
    this.#busy.delete(worker);
  }

  /** Starts the jobs for which there is capacity. */
  startWaiting(): void {
    const limit = this.#waiting.length === 0 ? 0 : this.#limitNow();
    while (this.#busy.size < limit) {
      const job = this.#waiting.shift();
      if (job === undefined) break;
      this.#start(job);
    }
    if (this.#waiting.length < BACKLOG) this.#admitSenders();
    if (this.#waiting.length > 0) this.#setTimers();
  }

  /** Resolves when fewer than `BACKLOG` jobs wait, or after a second. */
  async room(): Promise<void> {
    if (this.#waiting.length < BACKLOG) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#senders.push(resolve);
    const timer = setTimeout(resolve, LONGEST_WAIT_FOR_ROOM);
    await promise;
    clearTimeout(timer);
  }

  /** Starts nothing more. Returns the jobs that wait. */
  stop(): Job[] {
    this.#interval?.cancel();
    this.#untilLong?.cancel();
    this.#admitSenders();
    return this.#waiting.splice(0);
  }

  #setTimers(): void {
    if (this.#interval === undefined) {
      this.#idleCores.start();
      this.#interval = this.#clock.setTimer(this.#adjust, INTERVAL_MILLISECONDS);
    }
    if (this.#untilLong === undefined && !this.#isMachineBusy())
      this.#untilLong = this.#clock.setTimer(() => {
        this.#untilLong = undefined;
        this.startWaiting();
      }, SHORT_MILLISECONDS);
  }

  #isMachineBusy(): boolean {
    return this.#clock.now() < this.#busyUntil;
  }

  #limitNow(): number {
    const blocked = this.#startedBefore(BLOCKED_MILLISECONDS);
    const long = this.#startedBefore(SHORT_MILLISECONDS) - blocked;
    const nextToLong = this.#isMachineBusy() ? 1 : Math.min(this.#capacity, 1 + long);
    return Math.min(MAX_ENVIRONMENTS, Math.max(this.#limit, nextToLong) + blocked);
  }

  /** Returns how many jobs have been running for at least this time. */
  #startedBefore(milliseconds: number): number {
    const time = this.#clock.now() - milliseconds;
    let count = 0;
    for (const start of this.#busy.values()) {
      // All further ones started later.
      if (start > time) break;
      count += 1;
    }
    return count;
  }

  readonly #adjust = () => {
    this.#interval = undefined;
    const cores = availableParallelism();
    // In a container, the machine can have more idle cores than the container may use.
    const idle = Math.min(cores, this.#idleCores.measure());
    const more = Math.floor(idle / Math.min(IDLE_CORES, cores / 2));
    if (idle < Math.min(BUSY_BELOW, cores / 4)) {
      this.#limit = 1;
      this.#busyUntil = this.#clock.now() + BUSY_MILLISECONDS;
    } else if (more > 0) {
      const working = Math.max(this.#limit, this.#busy.size);
      this.#limit = Math.min(working + more, Math.max(this.#capacity, MAX_PER_CORE * cores));
    }
    this.startWaiting();
  };

  #admitSenders(): void {
    for (const admit of this.#senders.splice(0)) admit();
  }
}
