import type { ExecuteApi } from "../execute-api/index.ts";
import type { Lambda } from "../lambda/index.ts";
import type { Sqs } from "../sqs/index.ts";
import type { State } from "../state.ts";
import { apiOverviews } from "./api-overview.ts";
import type { Overview } from "./types.ts";

/** Creates a function that returns the current state of all regions. */
export function createOverview(options: {
  state: State;
  lambda: Pick<Lambda, "overview">;
  executeApi: Pick<ExecuteApi, "count">;
  sqs: Pick<Sqs, "count">;
  /** Resolves with the URL of the local AWS. */
  endpoint(): Promise<string>;
  /** Default: there is none. */
  notice?: (() => string | undefined) | undefined;
}): () => Promise<Overview> {
  const { state, lambda, executeApi, sqs, endpoint, notice } = options;
  return async () => {
    const configurations = Object.values(state.regions).flatMap((region) =>
      Object.values(region.lambda.functions).map(({ configuration }) => configuration),
    );
    const { functions, queued } = await lambda.overview();
    const none = { cold: 0, busy: 0, warm: 0, frozen: 0, waiting: 0 };
    const queues = new Set(
      configurations.flatMap(({ DeadLetterConfig }) => DeadLetterConfig?.TargetArn ?? []),
    );
    return {
      connections: executeApi.count(),
      functions: configurations.map(
        ({ FunctionName: functionName }) =>
          functions.find((known) => known.functionName === functionName) ?? {
            functionName,
            ...none,
          },
      ),
      queued,
      deadLetters: [...queues].reduce((sum, queueArn) => sum + sqs.count(queueArn), 0),
      notice: notice?.() ?? null,
      apis: apiOverviews(state, await endpoint()),
    };
  };
}
