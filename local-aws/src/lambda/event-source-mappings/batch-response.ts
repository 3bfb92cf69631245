import * as v from "valibot";

const BatchResponse = v.nullable(
  v.object({
    batchItemFailures: v.nullish(v.array(v.object({ itemIdentifier: v.string() })), []),
  }),
);

/**
 * Returns the IDs of the messages of a batch that a function reports as failed. An empty response or an
 * empty or missing list reports none. If the response is invalid, or an identifier is empty, invalid or
 * unknown, the whole batch has failed.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 * @see https://github.com/localstack/localstack/blob/main/localstack-core/localstack/services/lambda_/event_source_mapping/pollers/poller.py
 */
export function failedMessages(payload: Buffer, messageIds: readonly string[]): Set<string> {
  const parsed = v.safeParse(BatchResponse, parseJson(payload));
  const failures = parsed.success ? (parsed.output?.batchItemFailures ?? []) : undefined;
  const failed = failures?.map(({ itemIdentifier }) => itemIdentifier);
  const isValid = failed?.every((id) => messageIds.includes(id)) ?? false;
  return new Set(isValid ? failed : messageIds);
}

/** Returns undefined for a text that is not JSON. An empty text is an empty response. */
function parseJson(payload: Buffer): unknown {
  if (payload.length === 0) return null;
  try {
    return JSON.parse(payload.toString());
  } catch {
    return undefined;
  }
}
