import { parseArn } from "../../arn.ts";
import type { ReceivedMessage } from "../../sqs/index.ts";
import type { EventSourceMapping } from "../state.ts";
import type { RecordFilter } from "./filter-pattern.ts";

/**
 * Returns the record for a message in the event of a function. Without message attributes, the member
 * `md5OfMessageAttributes` is missing or, with a batching window, null.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 * @see https://github.com/localstack/localstack/blob/8b9a79f05846835cf4dff63ab7eefdde9df83783/tests/aws/services/lambda_/event_source_mapping/test_lambda_integration_sqs.snapshot.json
 */
export function recordOf(
  { EventSourceArn, MaximumBatchingWindowInSeconds }: EventSourceMapping,
  message: ReceivedMessage,
) {
  const digest =
    message.MD5OfMessageAttributes ?? (MaximumBatchingWindowInSeconds > 0 ? null : undefined);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(
      Object.entries(message.MessageAttributes ?? {}).map(([name, attribute]) => [
        name,
        {
          stringValue: attribute.StringValue,
          binaryValue: attribute.BinaryValue,
          stringListValues: [],
          binaryListValues: [],
          dataType: attribute.DataType,
        },
      ]),
    ),
    md5OfMessageAttributes: digest,
    md5OfBody: message.MD5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: EventSourceArn,
    awsRegion: parseArn(EventSourceArn)?.region,
  };
}

export type SqsRecord = ReturnType<typeof recordOf>;

/**
 * Returns whether one of the filters of a mapping matches a record. A JSON body is matched as a value.
 */
export function isSelected(filters: readonly RecordFilter[], record: SqsRecord): boolean {
  if (filters.length === 0) return true;
  const matched = { ...record, body: valueOf(record.body) };
  return filters.some((matches) => matches(matched));
}

function valueOf(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" ? value : body;
  } catch {
    return body;
  }
}
