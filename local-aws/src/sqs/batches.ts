import { AwsError } from "../protocols/aws-error.ts";
import { queryCode, sqsError } from "./sqs-errors.ts";

/**
 * Checks the entries of a batch.
 * @throws {AwsError} 400 if there are no entries or too many, or if their IDs are invalid or not unique.
 */
export function checkBatch(operation: string, entries: readonly { Id: string }[]): void {
  const ids = entries.map(({ Id }) => Id);
  if (ids.length === 0) {
    const message = `There should be at least one ${operation}RequestEntry in the request.`;
    throw sqsError("EmptyBatchRequest", message);
  }
  if (ids.length > 10) {
    const message = `Maximum number of entries per request are 10. You have sent ${ids.length}.`;
    throw sqsError("TooManyEntriesInBatchRequest", message);
  }
  if (!ids.every((id) => /^[A-Za-z0-9_-]{1,80}$/.test(id))) {
    const message =
      "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
    throw sqsError("InvalidBatchEntryId", message);
  }
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined)
    throw sqsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
}

/**
 * Handles each entry separately. An entry that fails does not affect the others.
 * @param handle returns further members of the result of the entry, if there are any.
 */
export function settle<Entry extends { Id: string }>(
  entries: readonly Entry[],
  handle: (entry: Entry) => object | void,
) {
  const Successful: { Id: string }[] = [];
  const Failed: { Id: string; SenderFault: true; Code: string; Message: string }[] = [];
  for (const entry of entries) {
    try {
      const result = handle(entry);
      Successful.push({ Id: entry.Id, ...result });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { message: Message } = error;
      Failed.push({ Id: entry.Id, SenderFault: true, Code: queryCode(error), Message });
    }
  }
  // As on AWS, the response does not contain an empty list.
  return {
    ...(Successful.length > 0 && { Successful }),
    ...(Failed.length > 0 && { Failed }),
  };
}
