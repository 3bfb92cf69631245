/**
 * `@websocket-lambda/local-aws/testing`: a local AWS for tests that read or change its resources
 * directly. Unlike the main entry of the package, it can change in any release.
 */
import { assemble, type LocalAws, type LocalAwsOptions } from "./local-aws.ts";
import type { Middleware } from "./protocols/operation.ts";
import type { State } from "./state.ts";
import type { Recorder } from "./trace/recorder.ts";

export { type AwsCli, awsCliEnvironment, findAwsClis } from "./aws-clis.ts";
export { parseFilterPattern } from "./logs/patterns/filter-pattern.ts";
export { emptyState, regionOf, type RegionState, type State } from "./state.ts";
export type { Api } from "./apigateway/state.ts";
export { deployedApi } from "./apigateway/deployments.ts";
export type { LambdaFunction } from "./lambda/state.ts";
export { createRecorder, type Recorder } from "./trace/recorder.ts";
export type { Middleware, Operation, OperationCall } from "./protocols/operation.ts";
export { readLogLine } from "./console/page/log-line.ts";

/** A local AWS with its internal parts. */
export interface TestLocalAws extends LocalAws {
  /**
   * All resources, as a plain object that can be written as JSON. A test can change it. Connections,
   * queued events, messages and log events are not part of it.
   */
  readonly state: State;
  /** The recorder of the trace. Throws an error without the option `trace` or `console`. */
  readonly recorder: Recorder;
  /** Makes new invocations use the function as it is in `state` now. Running invocations finish. */
  refresh(functionArn: string): void;
}

/**
 * Creates a local AWS that does not listen yet.
 * @param options.state the resources at the start, which the local AWS changes in place.
 * @param options.recorder replaces the recorder that the option `trace` creates.
 * @param options.middleware runs around each operation of each service. Default: none.
 * @throws {Error} if an option is invalid.
 */
export function createTestLocalAws(
  options: LocalAwsOptions & {
    state?: State;
    recorder?: Recorder;
    middleware?: readonly Middleware[];
  } = {},
): TestLocalAws {
  const { aws, state, lambda, recorder } = assemble(options, options);
  return Object.defineProperties(aws, {
    state: { value: state },
    refresh: { value: lambda.refresh },
    recorder: {
      get() {
        if (recorder === undefined)
          throw new Error("Pass the option trace: true to record messages.");
        return recorder;
      },
    },
  }) as TestLocalAws;
}
