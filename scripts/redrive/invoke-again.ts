import { setTimeout } from "node:timers/promises";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";

/** Attempts of an Invoke that is throttled. */
const ATTEMPTS = 4;

/** Milliseconds before the second attempt; doubled before each further one. */
const BACK_OFF = 500;

/**
 * Hands an event over to a function, asynchronously. Only what Lambda has certainly not accepted is
 * attempted again: a repeated Invoke after a lost response would run the event twice.
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
 * What a refusal means for the other events. `permanent`: each would be refused in the same way.
 * `of this event`: the next may be accepted. `passing`: throttling, an error of Lambda, no response.
 */
export type Refusal = "permanent" | "of this event" | "passing";

/** Errors about the event itself: it is not JSON, or too large. */
const OF_EVENT = ["InvalidRequestContentException", "RequestTooLargeException"];

export function refusalOf(error: unknown): Refusal {
  const name = error instanceof Error ? error.name : "";
  const status = statusOf(error);
  if (OF_EVENT.includes(name) || status === 413) return "of this event";
  if (name === "CredentialsProviderError" || name === "TokenProviderError") return "permanent";
  return status !== undefined && status >= 400 && status < 500 && status !== 429
    ? "permanent"
    : "passing";
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error && "$metadata" in error)) return undefined;
  const { httpStatusCode } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode;
}
