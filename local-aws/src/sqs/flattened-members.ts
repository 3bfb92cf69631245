import type { FlattenedMembers } from "../protocols/flattened-members.ts";

const attributes = { name: "Attribute", entry: ["Name", "Value"] } as const;
const tags = { name: "Tag", entry: ["Key", "Value"] } as const;

/**
 * Returns the element names of the lists and maps of an operation in the query protocol, which are all
 * flattened.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-xml.html
 */
export const flattenedMembers = (operation: string): FlattenedMembers => ({
  AttributeNames: { name: "AttributeName" },
  Attributes: attributes,
  Entries: { name: `${operation}RequestEntry` },
  Failed: { name: "BatchResultErrorEntry" },
  MessageAttributeNames: { name: "MessageAttributeName" },
  MessageAttributes: { name: "MessageAttribute", entry: ["Name", "Value"] },
  Messages: { name: "Message" },
  MessageSystemAttributes: { name: "MessageSystemAttribute", entry: ["Name", "Value"] },
  MessageSystemAttributeNames: { name: "MessageSystemAttributeName" },
  QueueUrls: { name: "QueueUrl" },
  queueUrls: { name: "QueueUrl" },
  Successful: { name: `${operation}ResultEntry` },
  TagKeys: { name: "TagKey" },
  Tags: tags,
  tags,
});
