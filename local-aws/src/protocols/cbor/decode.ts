import { NESTING_LIMIT } from "../json-body.ts";
import { type CborMap, type CborValue, Info, MajorType, Simple, Tag } from "./value.ts";

/** Bytes that are not CBOR, or CBOR that Smithy has no type for. The message says where and why. */
export class CborError extends Error {
  override readonly name = "CborError";
}

/**
 * Decodes one value of CBOR, which must take all bytes. Reads lengths and floats in every form.
 * `undefined` becomes null.
 * @see https://www.rfc-editor.org/rfc/rfc8949.html
 * @see https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2-cbor.html#shape-serialization
 * @throws {CborError}
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const decoder = new Decoder(bytes);
  const value = decoder.readValue(0);
  decoder.end();
  return value;
}

/** The first byte of a value and the argument that follows it: undefined for an indefinite length. */
interface Head {
  major: number;
  info: number;
  argument: number | bigint | undefined;
}

class Decoder {
  readonly #bytes: Buffer;
  #offset = 0;

  constructor({ buffer, byteOffset, byteLength }: Uint8Array) {
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
  }

  end(): void {
    const rest = this.#bytes.length - this.#offset;
    if (rest > 0) throw this.#error(`${rest} more bytes follow the value`);
  }

  readValue(depth: number): CborValue {
    return this.#valueOf(this.#readHead(), depth);
  }

  #valueOf(head: Head, depth: number): CborValue {
    if (depth > NESTING_LIMIT)
      throw this.#error(`the value is nested more than ${NESTING_LIMIT} levels deep`);
    switch (head.major) {
      case MajorType.unsigned:
        return numberOf(this.#argumentOf(head));
      case MajorType.negative:
        return numberOf(-1n - BigInt(this.#argumentOf(head)));
      case MajorType.bytes:
        return Buffer.concat([...this.#chunks(head)]);
      case MajorType.text:
        return Array.from(this.#chunks(head), (chunk) => this.#textOf(chunk)).join("");
      case MajorType.list:
        return Array.from(this.#items(head), (item) => this.#valueOf(item, depth + 1));
      case MajorType.map:
        return this.#mapOf(head, depth);
      case MajorType.tag:
        return this.#taggedValue(this.#argumentOf(head), depth);
      default:
        return this.#simpleValue(head);
    }
  }

  #readHead(): Head {
    const first = this.#take(1).readUInt8();
    const major = first >> 5;
    const info = first & 31;
    if (info < Info.one) return { major, info, argument: info };
    switch (info) {
      case Info.one:
        return { major, info, argument: this.#take(1).readUInt8() };
      case Info.two:
        return { major, info, argument: this.#take(2).readUInt16BE() };
      case Info.four:
        return { major, info, argument: this.#take(4).readUInt32BE() };
      case Info.eight:
        return { major, info, argument: this.#take(8).readBigUInt64BE() };
      case Info.indefinite:
        return { major, info, argument: undefined };
      default:
        throw this.#error(`the byte 0x${first.toString(16)} is reserved`);
    }
  }

  /** The argument of a value whose length is not indefinite. */
  #argumentOf({ argument }: Head): number | bigint {
    if (argument === undefined) throw this.#error("the value has no length");
    return argument;
  }

  /** The heads of the items of a list, or of the keys of a map. */
  *#items({ argument }: Head): Generator<Head> {
    const count = argument ?? Infinity;
    for (let index = 0; index < count; index += 1) {
      const head = this.#readHead();
      if (argument === undefined && isBreak(head)) return;
      yield head;
    }
  }

  /** The chunks of a byte or text string: one, if its length is known. */
  *#chunks(head: Head): Generator<Buffer> {
    if (head.argument !== undefined) {
      yield this.#take(head.argument);
      return;
    }
    for (const chunk of this.#items(head)) {
      if (chunk.major !== head.major) throw this.#error("a chunk of a string has another type");
      yield this.#take(this.#argumentOf(chunk));
    }
  }

  #mapOf(head: Head, depth: number): CborMap {
    const entries = new Map<string, CborValue>();
    for (const key of this.#items(head)) {
      if (key.major !== MajorType.text) throw this.#error("a key of a map is not text");
      const name = Array.from(this.#chunks(key), (chunk) => this.#textOf(chunk)).join("");
      if (entries.has(name)) throw this.#error(`a map has the key ${JSON.stringify(name)} twice`);
      entries.set(name, this.readValue(depth + 1));
    }
    return Object.fromEntries(entries);
  }

  #taggedValue(tag: number | bigint, depth: number): CborValue {
    const value = this.readValue(depth + 1);
    switch (tag) {
      case Tag.epochSeconds: {
        const date = new Date(typeof value === "number" ? Math.round(value * 1000) : Number.NaN);
        if (Number.isNaN(date.getTime())) throw this.#error("the value of tag 1 is not a time");
        return date;
      }
      case Tag.unsignedBignum:
        return numberOf(this.#bignumOf(value));
      case Tag.negativeBignum:
        return numberOf(-1n - this.#bignumOf(value));
      default:
        throw this.#error(`tag ${tag} is not supported`);
    }
  }

  #bignumOf(value: CborValue): bigint {
    if (!(value instanceof Uint8Array)) throw this.#error("the value of a bignum is not bytes");
    return BigInt(`0x0${Buffer.from(value).toString("hex")}`);
  }

  #simpleValue({ info }: Head): CborValue {
    switch (info) {
      case Simple.false:
        return false;
      case Simple.true:
        return true;
      case Simple.null:
      case Simple.undefined:
        return null;
      case Info.two:
        return halfFloat(this.#back(2).readUInt16BE());
      case Info.four:
        return this.#back(4).readFloatBE();
      case Info.eight:
        return this.#back(8).readDoubleBE();
      case Info.indefinite:
        throw this.#error("a break is not inside a value of indefinite length");
      default:
        throw this.#error("the simple value is not supported");
    }
  }

  #textOf(bytes: Buffer): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw this.#error("a text is not valid UTF-8");
    }
  }

  #take(length: number | bigint): Buffer {
    const end = this.#offset + Number(length);
    if (end > this.#bytes.length) throw this.#error("the value ends too early");
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }

  /** The last bytes that were read. */
  #back(length: number): Buffer {
    return this.#bytes.subarray(this.#offset - length, this.#offset);
  }

  #error(reason: string): CborError {
    return new CborError(`${reason} (byte ${this.#offset})`);
  }
}

const isBreak = ({ major, info }: Head) => major === MajorType.simple && info === Info.indefinite;

const numberOf = (value: number | bigint): number | bigint =>
  Number.isSafeInteger(Number(value)) ? Number(value) : value;

/** A sign, five bits of exponent and ten bits of fraction. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
