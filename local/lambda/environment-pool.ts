import type { Clock, Timer } from "../clock.ts";
import type {
  ExecutionEnvironment,
  Invocation,
  InvocationResult,
} from "./execution-environment.ts";

/** The execution environments of one version of a function. */
export interface EnvironmentPool {
  /** Runs an invocation in a warm environment, a new one, or the next to become free. */
  run(invocation: Invocation): Promise<InvocationResult>;
  /** Takes no new invocation; environments end as they become free. */
  retire(): void;
  /** Ends every environment at once. */
  shutDown(): void;
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
  start(onEnd: () => void): ExecutionEnvironment;
}): EnvironmentPool {
  const { clock, capacity, start } = options;
  const environments = new Set<ExecutionEnvironment>();
  /** Free environments, the most recently used last, which is taken first. */
  const idle: { environment: ExecutionEnvironment; timer: Timer }[] = [];
  const waiting: { invocation: Invocation; settle(result: InvocationResult): void }[] = [];
  let retired = false;

  const discard = (environment: ExecutionEnvironment) => {
    environments.delete(environment);
    const index = idle.findIndex((candidate) => candidate.environment === environment);
    if (index >= 0) idle.splice(index, 1)[0]?.timer.cancel();
  };

  const startEnvironment = () => {
    const environment = start(() => {
      discard(environment);
      serveNext();
    });
    environments.add(environment);
    return environment;
  };

  const takeEnvironment = () => {
    const free = idle.pop();
    free?.timer.cancel();
    return free?.environment ?? (environments.size < capacity ? startEnvironment() : undefined);
  };

  const serveNext = () => {
    while (waiting.length > 0) {
      const environment = takeEnvironment();
      if (environment === undefined) return;
      const next = waiting.shift();
      if (next !== undefined) void serve(environment, next);
    }
  };

  const serve = async (
    environment: ExecutionEnvironment,
    { invocation, settle }: (typeof waiting)[number],
  ) => {
    const result = await environment.invoke(invocation);
    settle(result);
    if (environments.has(environment)) release(environment);
  };

  const release = (environment: ExecutionEnvironment) => {
    const next = waiting.shift();
    if (next !== undefined) {
      void serve(environment, next);
    } else if (retired) {
      environment.shutDown();
    } else {
      environment.freeze();
      const timer = clock.setTimer(() => environment.shutDown(), IDLE_MILLISECONDS);
      idle.push({ environment, timer });
    }
  };

  return {
    run: (invocation) =>
      new Promise((settle) => {
        waiting.push({ invocation, settle });
        serveNext();
      }),
    retire() {
      retired = true;
      for (const { environment } of idle) environment.shutDown();
    },
    shutDown() {
      for (const environment of environments) environment.shutDown();
    },
  };
}
