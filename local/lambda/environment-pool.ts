import type { Clock, Timer } from "../clock.ts";
import { AwsError } from "../http/aws-error.ts";
import type {
  ExecutionEnvironment,
  Invocation,
  InvocationResult,
} from "./execution-environment.ts";

/** The execution environments of one version of a function. */
export interface EnvironmentPool {
  /** Runs an invocation in a warm environment, a new one, or the next to become free. */
  run(invocation: Invocation): Promise<InvocationResult>;
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

export function createEnvironmentPool(options: {
  clock: Clock;
  /**
   * How many processes this machine affords. Our choice: Lambda would start another environment for
   * every concurrent invocation; here those over the limit wait for one to become free.
   */
  capacity: number;
  /** @throws where no process can be started. */
  start(onEnd: () => void): ExecutionEnvironment;
}): EnvironmentPool {
  const { clock, capacity, start } = options;
  const environments = new Set<ExecutionEnvironment>();
  /** Free environments, the most recently used last, which is taken first. */
  const idle: { environment: ExecutionEnvironment; since: number; frozen: boolean }[] = [];
  const waiting: Waiting[] = [];
  const empty = Promise.withResolvers<void>();
  let elsewhere: EnvironmentPool["run"] | undefined;
  let sweep: Timer | undefined;
  let freezing: NodeJS.Immediate | undefined;

  const startEnvironment = () => {
    const environment = start(() => {
      environments.delete(environment);
      if (elsewhere !== undefined && environments.size === 0) empty.resolve();
      serveNext();
    });
    environments.add(environment);
    return environment;
  };

  const serveNext = () => {
    while (waiting.length > 0 && (idle.length > 0 || environments.size < capacity)) {
      const next = waiting.shift();
      if (next !== undefined) serve(next);
    }
  };

  const serve = ({ invocation, resolve, reject }: Waiting) => {
    try {
      const environment = idle.pop()?.environment ?? startEnvironment();
      environment.invoke(invocation, (result) => {
        release(environment);
        resolve(result);
      });
    } catch (error) {
      reject(error);
    }
  };

  const release = (environment: ExecutionEnvironment) => {
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
    sweep?.cancel();
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
    retire,
    async close() {
      const ended = retire(() => Promise.reject(closing()));
      for (const environment of environments) environment.shutDown();
      await ended;
    },
  };
}

const closing = () => new AwsError(503, "ServiceException", "The local AWS is shutting down.");
