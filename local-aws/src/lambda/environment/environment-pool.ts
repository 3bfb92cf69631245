import type { Clock, Timer } from "../../clock.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import type { LambdaMiddleware } from "../middleware.ts";
import type { FunctionOverview } from "../overview.ts";
import type { EnvironmentFactory } from "./environment-factory.ts";
import type {
  ExecutionEnvironment,
  Invocation,
  InvocationResult,
} from "./execution-environment.ts";
import { Scheduler, type SchedulingOptions } from "./scheduling.ts";

/**
 * An environment of the pool is in one of these states:
 *
 * - `busy`: runs an invocation. The first of an environment includes its start.
 * - `idle`: free. Its process runs for a moment longer, in case an invocation arrives at once.
 * - `frozen`: free, and its process is stopped.
 * - `ending`: was shut down. It leaves the pool when its process has exited.
 *
 *     busy → idle → frozen → ending
 *      ↑______|________|
 */
type PooledState = "busy" | "idle" | "frozen" | "ending";

interface PooledEnvironment {
  readonly environment: ExecutionEnvironment;
  state: PooledState;
  /** The time of the pool's clock when it last became free. */
  freeSince: number;
  /** The same in real time, in which processes run. */
  idleSince: number;
}

interface Job {
  invocation: Invocation;
  resolve(result: InvocationResult | Promise<InvocationResult>): void;
  reject(error: unknown): void;
}

type Runner = (invocation: Invocation) => Promise<InvocationResult>;

/**
 * Our choice: Lambda does not document when it freezes an environment. To stop and continue the threads of a
 * process takes longer than a short function, and the next message often arrives within this time.
 */
const IDLE_GRACE_MILLISECONDS = 5;

/** Our choice: Lambda does not document how long it keeps an idle environment. */
const IDLE_MILLISECONDS = 10 * 60_000;

/**
 * The execution environments of one version of a function. The pool is open until it is retired,
 * which is when the function changes or is deleted, or when Lambda closes.
 */
export class EnvironmentPool {
  readonly #clock: Clock;
  readonly #factory: EnvironmentFactory;
  readonly #middleware: Pick<LambdaMiddleware, "invoke">;
  readonly #scheduler: Scheduler<Job, PooledEnvironment>;
  /** In any state, the oldest first. */
  readonly #environments = new Set<PooledEnvironment>();
  readonly #empty = Promise.withResolvers<void>();
  /** Set when the pool is retired: runs the invocations that this pool no longer runs. */
  #successor: Runner | undefined;
  #freezing: NodeJS.Timeout | undefined;
  #sweep: Timer | undefined;

  constructor(options: {
    clock: Clock;
    scheduling: SchedulingOptions;
    factory: EnvironmentFactory;
    middleware: Pick<LambdaMiddleware, "invoke">;
  }) {
    this.#clock = options.clock;
    this.#factory = options.factory;
    this.#middleware = options.middleware;
    this.#scheduler = new Scheduler(options.scheduling, (job) => this.#start(job));
  }

  /** Runs an invocation in a free environment, a new one, or the next that becomes free. */
  run(invocation: Invocation): Promise<InvocationResult> {
    if (this.#successor !== undefined) return this.#successor(invocation);
    return new Promise((resolve, reject) => {
      this.#scheduler.add({ invocation, resolve, reject });
    });
  }

  /** Resolves when senders may add more invocations. */
  room(): Promise<void> {
    return this.#scheduler.room();
  }

  overview(): Omit<FunctionOverview, "functionName"> {
    const count = (counted: (pooled: PooledEnvironment) => boolean) =>
      [...this.#environments].filter(counted).length;
    return {
      cold: count(({ state, environment }) => state === "busy" && !environment.isReady()),
      busy: count(({ state, environment }) => state === "busy" && environment.isReady()),
      warm: count(({ state }) => state === "idle"),
      frozen: count(({ state }) => state === "frozen"),
      waiting: this.#scheduler.waiting,
    };
  }

  /**
   * Accepts no new invocations. Running invocations end here; waiting ones run in `successor`.
   * Resolves when the last environment has ended.
   */
  async retire(successor: Runner): Promise<void> {
    this.#successor = successor;
    this.#factory.close();
    this.#sweep?.cancel();
    for (const { invocation, resolve } of this.#scheduler.stop()) resolve(successor(invocation));
    for (const pooled of this.#free()) this.#shutDown(pooled);
    if (this.#environments.size === 0) this.#empty.resolve();
    await this.#empty.promise;
  }

  /** Ends every environment at once. Resolves when the last one has ended. */
  async close(): Promise<void> {
    const ended = this.retire(() => Promise.reject(closing()));
    for (const pooled of this.#environments) this.#shutDown(pooled);
    await ended;
  }

  /** idle, frozen → busy */
  #start({ invocation, resolve, reject }: Job): void {
    try {
      // Our choice: the oldest one, whose process has compiled most of its code.
      const [oldest] = this.#free();
      const pooled = oldest ?? this.#add();
      pooled.state = "busy";
      this.#scheduler.began(pooled);
      this.#middleware.invoke(pooled.environment, invocation, (result) => {
        this.#release(pooled);
        resolve(result);
      });
    } catch (error) {
      reject(error);
    }
  }

  *#free(): Generator<PooledEnvironment> {
    for (const pooled of this.#environments)
      if (pooled.state === "idle" || pooled.state === "frozen") yield pooled;
  }

  #add(): PooledEnvironment {
    const environment = this.#factory.start(() => this.#remove(pooled));
    const pooled: PooledEnvironment = { environment, state: "busy", freeSince: 0, idleSince: 0 };
    this.#environments.add(pooled);
    return pooled;
  }

  /** busy → idle, or → ending if the pool is retired */
  #release(pooled: PooledEnvironment): void {
    this.#scheduler.finished(pooled);
    if (this.#successor !== undefined) return this.#shutDown(pooled);
    pooled.state = "idle";
    pooled.freeSince = this.#clock.now();
    pooled.idleSince = performance.now();
    this.#scheduler.startWaiting();
    if (pooled.state !== "idle") return;
    if (this.#freezing === undefined)
      this.#freezing = setTimeout(this.#freezeIdle, IDLE_GRACE_MILLISECONDS);
    this.#sweep ??= this.#clock.setTimer(this.#endUnused, IDLE_MILLISECONDS);
  }

  /** idle → frozen. An invocation that arrives within the grace period saves a stop and a start. */
  readonly #freezeIdle = () => {
    this.#freezing = undefined;
    const latest = performance.now() - IDLE_GRACE_MILLISECONDS;
    let remain = false;
    for (const pooled of this.#free()) {
      if (pooled.state === "frozen") continue;
      if (pooled.idleSince > latest) {
        remain = true;
        continue;
      }
      pooled.environment.freeze();
      pooled.state = "frozen";
    }
    if (remain) this.#freezing = setTimeout(this.#freezeIdle, IDLE_GRACE_MILLISECONDS);
  };

  /** frozen → ending. One timer for all environments: an invocation sets and cancels none. */
  readonly #endUnused = () => {
    this.#sweep = undefined;
    const now = this.#clock.now();
    let next = Infinity;
    for (const pooled of this.#free()) {
      const end = pooled.freeSince + IDLE_MILLISECONDS;
      if (end > now) next = Math.min(next, end);
      else this.#shutDown(pooled);
    }
    if (next < Infinity) this.#sweep = this.#clock.setTimer(this.#endUnused, next - now);
  };

  /** any → ending */
  #shutDown(pooled: PooledEnvironment): void {
    pooled.state = "ending";
    pooled.environment.shutDown();
  }

  /** The environment has ended. */
  #remove(pooled: PooledEnvironment): void {
    this.#environments.delete(pooled);
    this.#scheduler.finished(pooled);
    if (this.#successor !== undefined && this.#environments.size === 0) this.#empty.resolve();
    this.#scheduler.startWaiting();
  }
}

const closing = () => new AwsError(503, "ServiceException", "The local AWS is shutting down.");
