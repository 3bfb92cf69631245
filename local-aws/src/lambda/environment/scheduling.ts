/**
 * Decides when the invocations of a function start, on a machine with few cores.
 *
 * Lambda starts another environment for every concurrent invocation. Our choice: here at most
 * `capacity` environments of a function work at a time, because more processes than cores only take
 * time from each other, and each of them has to compile the same code. Further invocations wait for an
 * environment to become free. Three rules keep the wait short:
 *
 * - While invocations wait and the machine has an idle core, more environments start. Invocations that
 *   wait for a database or a timer leave the cores idle, CPU-bound ones do not.
 * - Blocked invocations do not count. An invocation that runs for longer than `BLOCKED_MILLISECONDS`
 *   may wait for another one, so another environment can start even if the machine is busy.
 * - Senders are slowed down. With `BACKLOG` or more waiting invocations, a sender of events waits
 *   for room. So the queue cannot fill the memory, and the messages of one client that floods do not
 *   delay those of all others.
 */
import { createIdleCores, type IdleCores } from "./idle-cores.ts";

/** An invocation that runs for longer counts as blocked. Also applies to the start of an environment. */
const BLOCKED_MILLISECONDS = 500;

/** How often the rules are applied while invocations wait. */
const INTERVAL_MILLISECONDS = 100;

/** For each such share of a core that is idle, one more process finds time to run. */
const IDLE_CORE = 0.5;

/** Waiting invocations from which on senders are slowed down. */
const BACKLOG = 32;

/** Below the timeout of the functions' SDK clients, which would send the event a second time. */
const LONGEST_WAIT_FOR_ROOM = 1000;

/** Our choice: the most environments of one function at work, slow or not. */
const MAX_ENVIRONMENTS = 32;

export class Scheduler<Job, Worker> {
  readonly #capacity: number;
  readonly #start: (job: Job) => void;
  /** In the order of their arrival. */
  readonly #waiting: Job[] = [];
  readonly #idleCores: IdleCores;
  /** Workers with a job, each with the time when it started. */
  readonly #busy = new Map<Worker, number>();
  /** Senders that wait for room. */
  readonly #senders: (() => void)[] = [];
  /** How many more workers than the capacity may be busy. 0 if no job waits. */
  #extra = 0;
  /** Set while jobs wait. */
  #interval: NodeJS.Timeout | undefined;

  /**
   * @param options.capacity how many workers may be busy on a machine without an idle core.
   * @param options.start gives a job to a worker, and calls `began` for it.
   * @param options.idleCores Default: those of this machine.
   */
  constructor(options: { capacity: number; start(job: Job): void; idleCores?: IdleCores }) {
    this.#capacity = options.capacity;
    this.#start = options.start;
    this.#idleCores = options.idleCores ?? createIdleCores();
  }

  /** How many jobs wait for a worker. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Starts a job now, or as soon as there is capacity. */
  add(job: Job): void {
    this.#waiting.push(job);
    this.startWaiting();
  }

  /** The worker has a job. */
  began(worker: Worker): void {
    this.#busy.set(worker, performance.now());
  }

  /** The worker is free, or gone. Starts no other job: see `startWaiting`. */
  finished(worker: Worker): void {
    this.#busy.delete(worker);
  }

  /** Starts the jobs for which there is capacity. */
  startWaiting(): void {
    while (this.#busy.size < this.#capacity + this.#extra) {
      const job = this.#waiting.shift();
      if (job === undefined) break;
      this.#start(job);
    }
    if (this.#waiting.length < BACKLOG) this.#admitSenders();
    if (this.#waiting.length === 0) this.#extra = 0;
    else this.#interval ??= this.#nextInterval();
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
    clearTimeout(this.#interval);
    this.#admitSenders();
    return this.#waiting.splice(0);
  }

  #nextInterval(): NodeJS.Timeout {
    this.#idleCores.start();
    return setTimeout(this.#adjust, INTERVAL_MILLISECONDS);
  }

  readonly #adjust = () => {
    this.#interval = undefined;
    const blockedSince = performance.now() - BLOCKED_MILLISECONDS;
    const blocked = [...this.#busy.values()].filter((start) => start < blockedSince).length;
    const more = Math.floor(this.#idleCores.measure() / IDLE_CORE);
    const forIdleCores = more === 0 ? 0 : Math.max(0, this.#busy.size - this.#capacity) + more;
    this.#extra = Math.min(MAX_ENVIRONMENTS - this.#capacity, Math.max(blocked, forIdleCores));
    this.startWaiting();
  };

  #admitSenders(): void {
    for (const admit of this.#senders.splice(0)) admit();
  }
}
