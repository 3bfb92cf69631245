/**
 * When the invocations of a function start, on a machine with few cores.
 *
 * Lambda starts another environment for every concurrent invocation. Our choice: here at most
 * `capacity` environments of a function work at a time, because more processes than cores only take
 * time from each other. Further invocations wait for an environment to become free. Two rules keep
 * the wait short:
 *
 * - Slow work does not count. While invocations wait, an environment that is busy for longer than
 *   `SLOW_MILLISECONDS` is taken to be blocked, not CPU-bound. It no longer counts against the
 *   capacity, so another environment can start.
 * - Senders are slowed down. With `BACKLOG` or more waiting invocations, a sender of events waits
 *   for room. So the queue cannot fill the memory, and the messages of one client that floods do not
 *   delay those of all others.
 */

/** An invocation that runs for longer is slow. */
const SLOW_MILLISECONDS = 200;

/** The same for the first invocation of an environment, which includes the start: CPU-bound work. */
const SLOW_START_MILLISECONDS = 500;

/** Waiting invocations from which on senders are slowed down. */
const BACKLOG = 32;

/** Below the timeout of the functions' SDK clients, which would send the event a second time. */
const LONGEST_WAIT_FOR_ROOM = 1000;

/** Our choice: the most environments of one function at work, slow or not. */
const MOST_ENVIRONMENTS = 32;

export class Scheduler<Job, Worker> {
  readonly #capacity: number;
  readonly #start: (job: Job) => void;
  /** In the order of their arrival. */
  readonly #waiting: Job[] = [];
  /** Workers with a job, each with the time from which on it is slow. */
  readonly #busy = new Map<Worker, number>();
  /** Senders that wait for room. */
  readonly #senders: (() => void)[] = [];
  /** How many busy workers do not count against the capacity. 0 if no job waits. */
  #slow = 0;
  /** Set while jobs wait: counts the slow workers again. */
  #relief: NodeJS.Timeout | undefined;

  /**
   * @param options.capacity how many workers this machine can keep busy.
   * @param options.start gives a job to a worker, and calls `began` for it.
   */
  constructor(options: { capacity: number; start(job: Job): void }) {
    this.#capacity = options.capacity;
    this.#start = options.start;
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

  /** @param isNew whether the worker has to start first. */
  began(worker: Worker, isNew: boolean): void {
    const limit = isNew ? SLOW_START_MILLISECONDS : SLOW_MILLISECONDS;
    this.#busy.set(worker, performance.now() + limit);
  }

  /** The worker is free, or gone. Starts no other job: see `startWaiting`. */
  finished(worker: Worker): void {
    this.#busy.delete(worker);
  }

  /** Starts the jobs for which there is capacity. */
  startWaiting(): void {
    while (this.#busy.size < this.#capacity + this.#slow) {
      const job = this.#waiting.shift();
      if (job === undefined) break;
      this.#start(job);
    }
    if (this.#waiting.length < BACKLOG) this.#admitSenders();
    if (this.#waiting.length === 0) this.#slow = 0;
    else this.#relief ??= setTimeout(this.#relieve, SLOW_MILLISECONDS / 2);
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
    clearTimeout(this.#relief);
    this.#admitSenders();
    return this.#waiting.splice(0);
  }

  readonly #relieve = () => {
    this.#relief = undefined;
    const now = performance.now();
    const count = [...this.#busy.values()].filter((slowFrom) => slowFrom < now).length;
    this.#slow = Math.min(MOST_ENVIRONMENTS - this.#capacity, count);
    this.startWaiting();
  };

  #admitSenders(): void {
    for (const admit of this.#senders.splice(0)) admit();
  }
}
