import { createHash } from "node:crypto";
import * as v from "valibot";
import { invalidCharacter, invalidParameter } from "./sqs-errors.ts";

/** A message attribute in a request or a response. `BinaryValue` is in base64. */
export const Attribute = v.strictObject({
  DataType: v.string(),
  StringValue: v.exactOptional(v.string()),
  BinaryValue: v.exactOptional(v.string()),
});

export type Attribute = v.InferOutput<typeof Attribute>;
type Attributes = Readonly<Record<string, Attribute>>;

const isBinary = ({ DataType }: Attribute) => /^Binary(\.|$)/.test(DataType);

const bytesOf = (attribute: Attribute) =>
  isBinary(attribute)
    ? Buffer.from(attribute.BinaryValue ?? "", "base64")
    : Buffer.from(attribute.StringValue ?? "");

/**
 * Checks the attributes of a message.
 * @throws {AwsError} 400 InvalidParameterValue.
 */
export function checkMessageAttributes(attributes: Attributes): void {
  if (Object.keys(attributes).length > 10) {
    const message = `Number of message attributes [${Object.keys(attributes).length}] exceeds the allowed maximum [10].`;
    throw invalidParameter(message);
  }
  for (const [name, attribute] of Object.entries(attributes)) checkAttribute(name, attribute);
}

function checkAttribute(name: string, attribute: Attribute): void {
  const { DataType, StringValue = "" } = attribute;
  checkName(name);
  if (DataType.length > 256)
    throw invalidParameter(
      `Message (user) attribute '${name}' has a type that is longer than 256 characters.`,
    );
  if (!/^(String|Number|Binary)(\.|$)/.test(DataType))
    throw invalidParameter(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  if (bytesOf(attribute).length === 0)
    throw invalidParameter(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${isBinary(attribute) ? "Binary" : "String"}'.`,
    );
  const text = invalidCharacter(StringValue, `message attribute '${name}' value`);
  if (text !== undefined) throw invalidParameter(text);
  if (/^Number(\.|$)/.test(DataType) && Number.isNaN(Number(StringValue)))
    throw invalidParameter(
      `Can't cast the value of message (user) attribute '${name}' to a number.`,
    );
}

/**
 * Checks the name of an attribute, which can have letters and digits of any script.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
function checkName(name: string): void {
  if (name.length > 256)
    throw invalidParameter("Message attribute name must be shorter than 256 Bytes.");
  const [character] = /[^\p{L}\p{N}_.-]/u.exec(name) ?? [];
  if (character !== undefined)
    throw invalidParameter(
      `Invalid non-alphanumeric character '#x${character.codePointAt(0)?.toString(16).toUpperCase()}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  if (/^(aws|amazon)\./i.test(name))
    throw invalidParameter(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal use.",
    );
  const end = name.startsWith(".") ? "starting" : name.endsWith(".") ? "ending" : undefined;
  if (end !== undefined)
    throw invalidParameter(`Invalid message attribute name ${end} with character '.' was found.`);
}

/** Returns the size of a message in bytes, as MaximumMessageSize counts it. */
export const sizeOf = (body: string, attributes: Attributes): number =>
  Object.entries(attributes).reduce(
    (sum, [name, attribute]) =>
      sum + Buffer.byteLength(name + attribute.DataType) + bytesOf(attribute).length,
    Buffer.byteLength(body),
  );

export const md5Of = (bytes: string | Buffer): string =>
  createHash("md5").update(bytes).digest("hex");

/**
 * Returns the digest of attributes, which SDKs check. Returns undefined if there are no attributes.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(attributes: Attributes): string | undefined {
  if (Object.keys(attributes).length === 0) return undefined;
  const parts = Object.entries(attributes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, attribute]) => [
      ...withLength(Buffer.from(name)),
      ...withLength(Buffer.from(attribute.DataType)),
      Buffer.of(isBinary(attribute) ? 2 : 1),
      ...withLength(bytesOf(attribute)),
    ]);
  return md5Of(Buffer.concat(parts));
}

function withLength(bytes: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

/**
 * Selects the attributes that a ReceiveMessage requests by names, `All`, `*`, `.*` or `prefix.*`.
 */
export function selectMessageAttributes(attributes: Attributes, names: readonly string[]) {
  const asked = (attribute: string) =>
    names.some(
      (name) =>
        name === "All" ||
        name === "*" ||
        name === attribute ||
        (name.endsWith(".*") && attribute.startsWith(name.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => asked(name)));
}
