import { Info, MajorType, Simple, Tag } from "./value.ts";

/**
 * Encodes a value as CBOR with definite lengths. A number without a fraction is an integer; any other is
 * a float of 32 bits if that is exact, and of 64 bits if not. A date is epoch seconds with tag 1.
 * Members of a map that are null or undefined are omitted.
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2-cbor.html#shape-serialization
 * @throws {TypeError} for a value that CBOR has no form for here, such as a function.
 */
export function encodeCbor(value: unknown): Buffer {
  const parts: Buffer[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: unknown, parts: Buffer[]): void {
  if (value === null || value === undefined) parts.push(simple(Simple.null));
  else if (typeof value === "boolean") parts.push(simple(value ? Simple.true : Simple.false));
  else if (typeof value === "number") parts.push(numberBytes(value));
  else if (typeof value === "bigint") parts.push(...integerParts(value));
  else if (typeof value === "string") {
    const text = Buffer.from(value);
    parts.push(head(MajorType.text, text.length), text);
  } else if (value instanceof Uint8Array)
    parts.push(head(MajorType.bytes, value.length), Buffer.from(value));
  else if (value instanceof Date)
    parts.push(head(MajorType.tag, Tag.epochSeconds), numberBytes(value.getTime() / 1000));
  else if (Array.isArray(value)) {
    parts.push(head(MajorType.list, value.length));
    for (const item of value) write(item, parts);
  } else if (typeof value === "object") {
    const members = Object.entries(value).filter(([, member]) => (member ?? null) !== null);
    parts.push(head(MajorType.map, members.length));
    for (const [name, member] of members) {
      write(name, parts);
      write(member, parts);
    }
  } else throw new TypeError(`CBOR has no form for a ${typeof value}.`);
}

const simple = (value: number) => head(MajorType.simple, value);

function numberBytes(value: number): Buffer {
  if (Number.isSafeInteger(value) && !Object.is(value, -0))
    return value < 0 ? head(MajorType.negative, -1 - value) : head(MajorType.unsigned, value);
  const isSingle = Object.is(Math.fround(value), value);
  const bytes = Buffer.alloc(isSingle ? 5 : 9);
  bytes[0] = (MajorType.simple << 5) | (isSingle ? Info.four : Info.eight);
  if (isSingle) bytes.writeFloatBE(value, 1);
  else bytes.writeDoubleBE(value, 1);
  return bytes;
}

/** An integer of up to 64 bits, or a bignum. */
function integerParts(value: bigint): Buffer[] {
  const isNegative = value < 0n;
  const argument = isNegative ? -1n - value : value;
  if (argument < 1n << 64n)
    return [head(isNegative ? MajorType.negative : MajorType.unsigned, argument)];
  const digits = argument.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), "0"), "hex");
  const tag = isNegative ? Tag.negativeBignum : Tag.unsignedBignum;
  return [head(MajorType.tag, tag), head(MajorType.bytes, bytes.length), bytes];
}

/** The first byte of a value and its argument, in the shortest form. */
function head(major: number, argument: number | bigint): Buffer {
  const first = major << 5;
  if (argument < Info.one) return Buffer.of(first | Number(argument));
  if (argument < 2 ** 8) return Buffer.of(first | Info.one, Number(argument));
  const size = argument < 2 ** 16 ? 2 : argument < 2 ** 32 ? 4 : 8;
  const bytes = Buffer.alloc(1 + size);
  bytes[0] = first | { 2: Info.two, 4: Info.four, 8: Info.eight }[size];
  if (size === 8) bytes.writeBigUInt64BE(BigInt(argument), 1);
  else bytes.writeUIntBE(Number(argument), 1, size);
  return bytes;
}
