import { setTimeout } from "node:timers/promises";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";

/** The maximum number of attempts of a throttled Invoke. */
const ATTEMPTS = 4;

/** Milliseconds before the second attempt, doubled before each further one. */
const BACK_OFF = 500;

/**
 * Invokes a function asynchronously. Retries only after throttling, because Lambda has not accepted the
 * event then. A repeated Invoke after a lost response would run the event twice.
 * @param lambda must not retry by itself.
 * @param stop ends the back-off.
 * @throws the SDK's error, or the reason of `stop`.
 */
export async function invokeAgain(
  lambda: LambdaClient,
  FunctionName: string,
  Payload: string,
  stop: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1)
    try {
      await lambda.send(new InvokeCommand({ FunctionName, InvocationType: "Event", Payload }));
      return;
    } catch (error) {
      if (statusOf(error) !== 429 || attempt === ATTEMPTS || stop.aborted) throw error;
      await setTimeout(BACK_OFF * 2 ** (attempt - 1), undefined, { signal: stop }).catch(() => {
        throw error;
      });
    }
}

/**
 * The scope of a refusal. `permanent`: Lambda would refuse the other events too. `event`: Lambda may
 * accept the next event. `temporary`: throttling, an error of Lambda, or no response.
 */
export type Refusal = "permanent" | "event" | "temporary";

/** Errors about one event: it is not JSON, or too large. */
const EVENT_ERRORS = ["InvalidRequestContentException", "RequestTooLargeException"];

export function refusalOf(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : "";
  const status = statusOf(error);
  if (EVENT_ERRORS.includes(name) || status === 413) return "event";
  if (name === "CredentialsProviderError" || name === "TokenProviderError") return "permanent";
  return status !== undefined && status >= 400 && status < 500 && status !== 429
    ? "permanent"
    : "temporary";
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error && "$metadata" in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode;
}
