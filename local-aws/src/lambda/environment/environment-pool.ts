import type { Clock, Timer } from "../../clock.ts";
import { AwsError } from "../../protocols/aws-error.ts";
import type { EnvironmentSupply } from "./environment-starter.ts";
import type {
  ExecutionEnvironment,
  Invocation,
  InvocationResult,
} from "./execution-environment.ts";
import type { FunctionOverview } from "../overview.ts";

/** The execution environments of one version of a function. */
export interface EnvironmentPool {
  /** Runs an invocation in a warm environment, a new one, or the next to become free. */
  run(invocation: Invocation): Promise<InvocationResult>;
  /**
   * Resolves at once, or, with many invocations waiting, when they have become fewer or a second is
   * over. Our choice: whoever adds to them waits for it, so that the queue can't fill the memory and
   * nobody's messages stand behind all those of a client that floods.
   */
  room(): Promise<void>;
  overview(): Omit<FunctionOverview, "functionName">;
  /**
   * Takes no new invocation. Those that run end where they are, those that wait run elsewhere.
   * Resolves when the last environment has ended.
   */
  retire(elsewhere: EnvironmentPool["run"]): Promise<void>;
  /** Ends every environment at once. Resolves when the last one has ended. */
  close(): Promise<void>;
}

interface Waiting {
  invocation: Invocation;
  resolve(result: InvocationResult | Promise<InvocationResult>): void;
  reject(error: unknown): void;
}

/** Our choice: Lambda keeps an idle environment for an unsaid number of minutes. */
const IDLE_MILLISECONDS = 10 * 60_000;

/** An invocation that runs for longer hangs, or waits for something: it is no work for this machine. */
const SLOW_MILLISECONDS = 200;

/** The same of an environment's first, which has a start in it that is nothing but work. */
const SLOW_START_MILLISECONDS = 500;

/** Invocations that may wait before those who add to them are slowed down. */
const BACKLOG = 32;

/** Below the time-out of the functions' SDK clients, or they would hand over a second time. */
const LONGEST_WAIT_FOR_ROOM = 1000;

/** Our choice: of one function, whatever it waits for. */
const MOST_ENVIRONMENTS = 32;

export function createEnvironmentPool(options: {
  clock: Clock;
  /**
   * How many processes this machine affords at work. Our choice: Lambda would start another
   * environment for every concurrent invocation; here those over the limit wait for one to become
   * free, as more processes than cores only take each other's time. One that hangs or waits for
   * something else gets another one beside it in a while.
   */
  capacity: number;
  environments: EnvironmentSupply;
}): EnvironmentPool {
  const { clock, capacity, environments: supply } = options;
  const environments = new Set<ExecutionEnvironment>();
  /** Those that run an invocation, each with the time from which on it is slow. */
  const busy = new Map<ExecutionEnvironment, number>();
  /** Free environments, the most recently used last, which is taken first. */
  const idle: { environment: ExecutionEnvironment; since: number; frozen: boolean }[] = [];
  const waiting: Waiting[] = [];
  const outside: (() => void)[] = [];
  const empty = Promise.withResolvers<void>();
  let elsewhere: EnvironmentPool["run"] | undefined;
  let sweep: Timer | undefined;
  let freezing: NodeJS.Immediate | undefined;
  /** How many environments are at slow work, as far as it matters to those that wait. */
  let slow = 0;
  let relief: NodeJS.Timeout | undefined;

  const startEnvironment = () => {
    const environment = supply.start(() => {
      environments.delete(environment);
      busy.delete(environment);
      if (elsewhere !== undefined && environments.size === 0) empty.resolve();
      serveNext();
    });
    environments.add(environment);
    return environment;
  };

  const serveNext = () => {
    while (waiting.length > 0 && busy.size < capacity + slow) {
      const next = waiting.shift();
      if (next !== undefined) serve(next);
    }
    if (waiting.length < BACKLOG) for (const enter of outside.splice(0)) enter();
    if (waiting.length === 0) slow = 0;
    else relief ??= setTimeout(relieve, SLOW_MILLISECONDS / 2);
  };

  /** Looks whether those that wait have been waiting for work that takes its time. */
  const relieve = () => {
    relief = undefined;
    const now = performance.now();
    const count = [...busy.values()].filter((slowFrom) => slowFrom < now).length;
    slow = Math.min(MOST_ENVIRONMENTS - capacity, count);
    serveNext();
  };

  const serve = ({ invocation, resolve, reject }: Waiting) => {
    try {
      const warm = idle.pop()?.environment;
      const environment = warm ?? startEnvironment();
      const patience = warm === undefined ? SLOW_START_MILLISECONDS : SLOW_MILLISECONDS;
      busy.set(environment, performance.now() + patience);
      environment.invoke(invocation, (result) => {
        release(environment);
        resolve(result);
      });
    } catch (error) {
      reject(error);
    }
  };

  const release = (environment: ExecutionEnvironment) => {
    busy.delete(environment);
    if (elsewhere !== undefined) {
      environment.shutDown();
      return;
    }
    idle.push({ environment, since: clock.now(), frozen: false });
    if (waiting.length > 0) return serveNext();
    // In a moment: an invocation that comes at once spares the process a stop and a start.
    freezing ??= setImmediate(freezeIdle);
    sweep ??= clock.setTimer(endIdle, IDLE_MILLISECONDS);
  };

  const freezeIdle = () => {
    freezing = undefined;
    for (const entry of idle) {
      if (!entry.frozen) entry.environment.freeze();
      entry.frozen = true;
    }
  };

  /** One timer for all: an invocation neither sets nor cancels one. */
  const endIdle = () => {
    sweep = undefined;
    const now = clock.now();
    const kept = idle.findIndex(({ since }) => since + IDLE_MILLISECONDS > now);
    const ended = idle.splice(0, kept < 0 ? idle.length : kept);
    const [oldest] = idle;
    if (oldest !== undefined)
      sweep = clock.setTimer(endIdle, oldest.since + IDLE_MILLISECONDS - now);
    for (const { environment } of ended) environment.shutDown();
  };

  const retire: EnvironmentPool["retire"] = async (run) => {
    elsewhere = run;
    supply.close();
    sweep?.cancel();
    clearTimeout(relief);
    for (const enter of outside.splice(0)) enter();
    for (const { invocation, resolve } of waiting.splice(0)) resolve(run(invocation));
    for (const { environment } of idle.splice(0)) environment.shutDown();
    if (environments.size === 0) empty.resolve();
    await empty.promise;
  };

  return {
    run(invocation) {
      if (elsewhere !== undefined) return elsewhere(invocation);
      return new Promise((resolve, reject) => {
        waiting.push({ invocation, resolve, reject });
        serveNext();
      });
    },
    async room() {
      if (waiting.length < BACKLOG) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      outside.push(resolve);
      const timer = setTimeout(resolve, LONGEST_WAIT_FOR_ROOM);
      await promise;
      clearTimeout(timer);
    },
    overview() {
      const cold = [...busy.keys()].filter((environment) => !environment.isReady()).length;
      const frozen = idle.filter((entry) => entry.frozen).length;
      return {
        cold,
        busy: busy.size - cold,
        warm: idle.length - frozen,
        frozen,
        waiting: waiting.length,
      };
    },
    retire,
    async close() {
      const ended = retire(() => Promise.reject(closing()));
      for (const environment of environments) environment.shutDown();
      await ended;
    },
  };
}

const closing = () => new AwsError(503, "ServiceException", "The local AWS is shutting down.");
