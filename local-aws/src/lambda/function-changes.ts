import { randomUUID } from "node:crypto";
import type { Clock, Timer } from "../clock.ts";
import { AwsError } from "../protocols/aws-error.ts";
import type { FunctionConfiguration, LambdaFunction } from "./state.ts";

/**
 * The creation and the updates of functions. Lambda completes them after its response:
 *
 * - A new function is `Pending`. It cannot be invoked or updated before it is `Active`.
 * - While an update is `InProgress`, the API returns the new configuration, invocations run the old one,
 *   and another update is rejected.
 *
 * The revision changes with the request, and again when the work is complete.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export interface FunctionChanges {
  /** Starts the creation of a function that is already in `LambdaState`. */
  create(target: LambdaFunction): void;
  /**
   * Starts an update.
   * @param next replaces the configuration and, if set, the code and the layers.
   * @throws {AwsError} 409 ResourceConflictException, while a change of the function is in progress.
   */
  update(
    target: LambdaFunction,
    next: { configuration: FunctionConfiguration; zipFile?: string; layers?: string[] },
  ): void;
  /** Completes the change of a function now, if one is in progress. */
  complete(target: LambdaFunction): void;
  /** Cancels the timers. */
  close(): void;
}

/**
 * Returns a function as the API returns it. While an update is in progress, invocations still run the old
 * configuration and code.
 */
export const latestOf = (
  target: LambdaFunction,
): Pick<LambdaFunction, "configuration" | "zipFile"> =>
  target.change?.type === "update" ? target.change : target;

/** @throws {AwsError} 409 ResourceConflictException, while a change of the function is in progress. */
export function checkIdle(target: LambdaFunction): void {
  checkActive(target);
  if (target.change !== undefined)
    throw conflict(`An update is in progress for resource: ${target.configuration.FunctionArn}`);
}

/** @throws {AwsError} 409 ResourceConflictException, if the function is not active yet. */
export function checkActive({ change }: LambdaFunction): void {
  if (change?.type === "creation")
    throw conflict("The function is currently in the following state: Pending");
}

/**
 * Creates the object that runs changes of functions.
 * @param options.duration the duration of each change in milliseconds. With 0, a change is complete when
 * the response is sent.
 * @param options.onComplete is called when invocations must run the changed function.
 */
export function createFunctionChanges(options: {
  clock: Clock;
  duration: number;
  onComplete(target: LambdaFunction): void;
}): FunctionChanges {
  const { clock, duration, onComplete } = options;
  const timers = new Set<Timer>();

  const complete = (target: LambdaFunction) => {
    const { change } = target;
    if (change === undefined) return;
    delete target.change;
    const { configuration, zipFile, layers } = change.type === "update" ? change : target;
    target.configuration = { ...configuration, RevisionId: randomUUID() };
    target.zipFile = zipFile;
    target.layers = layers;
    onComplete(target);
  };

  const begin = (target: LambdaFunction, change: NonNullable<LambdaFunction["change"]>) => {
    target.change = change;
    const end = () => {
      if (target.change === change) complete(target);
    };
    if (duration === 0) queueMicrotask(end);
    else {
      const timer = clock.setTimer(() => {
        timers.delete(timer);
        end();
      }, duration);
      timers.add(timer);
    }
  };

  return {
    create(target) {
      target.configuration = touched(target.configuration, clock);
      begin(target, { type: "creation" });
    },
    update(target, { configuration, zipFile = target.zipFile, layers = target.layers }) {
      checkIdle(target);
      const touchedConfiguration = touched(configuration, clock);
      begin(target, { type: "update", configuration: touchedConfiguration, zipFile, layers });
    },
    complete,
    close() {
      for (const timer of timers) timer.cancel();
    },
  };
}

const touched = (configuration: FunctionConfiguration, clock: Clock): FunctionConfiguration => ({
  ...configuration,
  LastModified: new Date(clock.now()).toISOString().replace("Z", "+0000"),
  RevisionId: randomUUID(),
});

/** The texts as recorded: https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/lambda_/test_lambda_api.snapshot.json */
const conflict = (reason: string) =>
  new AwsError(
    409,
    "ResourceConflictException",
    `The operation cannot be performed at this time. ${reason}`,
  );
