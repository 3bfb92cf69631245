import { posix } from "node:path";
import { crc32, inflateRawSync } from "node:zlib";

/** A file, a folder or a symbolic link of a zip. */
export interface ZipEntry {
  /** Below the root of the zip: normalized, with `/`, never absolute and never above the root. */
  path: string;
  type: "file" | "directory" | "link";
  /** Permissions such as 0o644. */
  mode: number;
  /** Bytes, as the zip's directory has it. */
  size: number;
  /** The content of a file, or the target of a link. */
  read(): Buffer;
}

/**
 * Reads the directory of a zip, which alone has the modes. Of entries with the same path the last one
 * counts; those outside of the root are left out.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 * @throws {Error} if it is not a zip file, or has an entry below a file or a link.
 */
export function readZip(zip: Buffer): ZipEntry[] {
  const entries = new Map<string, ZipEntry>();
  const { count, offset } = findDirectory(zip);
  let position = offset;
  for (let index = 0; index < count; index += 1) {
    const { entry, length } = readEntry(zip, position);
    position += length;
    if (isBelowRoot(entry.path)) entries.set(entry.path, entry);
  }
  for (const { path } of entries.values())
    for (let folder = posix.dirname(path); folder !== "."; folder = posix.dirname(folder)) {
      const type = entries.get(folder)?.type ?? "directory";
      if (type !== "directory")
        throw new Error(`The zip file has ${path} inside ${folder}, which is a ${type}.`);
    }
  return [...entries.values()];
}

const isBelowRoot = (path: string) =>
  !path.includes("\0") &&
  path !== "." &&
  path !== ".." &&
  !path.startsWith("../") &&
  !path.startsWith("/");

const END = 0x06054b50;
const END_LENGTH = 22;
const ZIP64_LOCATOR = 0x07064b50;
const ZIP64_LOCATOR_LENGTH = 20;
const ZIP64_END = 0x06064b50;
const COMMENT_LIMIT = 0xffff;

/** Returns where the zip's directory begins, and how many entries it has. */
function findDirectory(zip: Buffer): { count: number; offset: number } {
  const last = zip.length - END_LENGTH;
  for (let end = last; end >= Math.max(0, last - COMMENT_LIMIT); end -= 1) {
    if (zip.readUInt32LE(end) !== END) continue;
    const locator = end - ZIP64_LOCATOR_LENGTH;
    if (locator < 0 || zip.readUInt32LE(locator) !== ZIP64_LOCATOR)
      return { count: zip.readUInt16LE(end + 10), offset: zip.readUInt32LE(end + 16) };
    const end64 = Number(zip.readBigUInt64LE(locator + 8));
    expectSignature(zip, end64, ZIP64_END);
    return {
      count: Number(zip.readBigUInt64LE(end64 + 32)),
      offset: Number(zip.readBigUInt64LE(end64 + 48)),
    };
  }
  throw new Error("The zip file has no central directory.");
}

const ENTRY = 0x02014b50;
const ENTRY_LENGTH = 46;
const IS_UTF8 = 0x800;
const IS_ENCRYPTED = 0x1;
const MADE_BY_UNIX = 3;
const MADE_BY_MACOS = 19;
const TYPE_BITS = 0o170000;
const LINK = 0o120000;
const DIRECTORY = 0o040000;

/** Returns an entry of the zip's directory, and its length there. */
function readEntry(zip: Buffer, position: number): { entry: ZipEntry; length: number } {
  expectSignature(zip, position, ENTRY);
  const flags = zip.readUInt16LE(position + 8);
  if (flags & IS_ENCRYPTED) throw new Error("The zip file is encrypted.");
  const nameLength = zip.readUInt16LE(position + 28);
  const extraLength = zip.readUInt16LE(position + 30);
  const commentLength = zip.readUInt16LE(position + 32);
  const nameEnd = position + ENTRY_LENGTH + nameLength;
  const name = zip
    .subarray(position + ENTRY_LENGTH, nameEnd)
    .toString(flags & IS_UTF8 ? "utf8" : "latin1");
  const extra = zip.subarray(nameEnd, nameEnd + extraLength);
  const [size, compressedSize, offset] = largeNumbers(extra, [
    zip.readUInt32LE(position + 24),
    zip.readUInt32LE(position + 20),
    zip.readUInt32LE(position + 42),
  ]);
  const content = {
    method: zip.readUInt16LE(position + 10),
    checksum: zip.readUInt32LE(position + 16),
    size,
    compressedSize,
    offset,
  };
  const madeBy = zip.readUInt8(position + 5);
  const hasMode = madeBy === MADE_BY_UNIX || madeBy === MADE_BY_MACOS;
  const attributes = hasMode ? zip.readUInt16LE(position + 40) : 0;
  const entry: ZipEntry = {
    path: posix.normalize(name).replace(/\/$/, ""),
    type: typeOf(name, attributes),
    mode: attributes & 0o777 || 0o644,
    size,
    read: () => readContent(zip, content),
  };
  return { entry, length: ENTRY_LENGTH + nameLength + extraLength + commentLength };
}

function typeOf(name: string, attributes: number): ZipEntry["type"] {
  if (name.endsWith("/") || (attributes & TYPE_BITS) === DIRECTORY) return "directory";
  return (attributes & TYPE_BITS) === LINK ? "link" : "file";
}

const ZIP64_EXTRA = 1;
const IN_EXTRA = 0xffffffff;

/** Sizes and offsets that do not fit in 32 bits are in an extra field, in this order. */
function largeNumbers(
  extra: Buffer,
  numbers: [size: number, compressedSize: number, offset: number],
): [size: number, compressedSize: number, offset: number] {
  if (!numbers.includes(IN_EXTRA)) return numbers;
  let position = 0;
  while (extra.readUInt16LE(position) !== ZIP64_EXTRA)
    position += 4 + extra.readUInt16LE(position + 2);
  position += 4;
  const [size, compressedSize, offset] = numbers.map((number) => {
    if (number !== IN_EXTRA) return number;
    position += 8;
    return Number(extra.readBigUInt64LE(position - 8));
  });
  return [size ?? 0, compressedSize ?? 0, offset ?? 0];
}

const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_LENGTH = 30;
const STORED = 0;
const DEFLATED = 8;

interface Content {
  method: number;
  checksum: number;
  size: number;
  compressedSize: number;
  offset: number;
}

/** Unpacks a file, up to the size in the directory. */
function readContent(zip: Buffer, content: Content): Buffer {
  const { method, checksum, size, compressedSize, offset } = content;
  expectSignature(zip, offset, LOCAL_HEADER);
  const start =
    offset + LOCAL_HEADER_LENGTH + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
  const packed = zip.subarray(start, start + compressedSize);
  const unpacked = unpack(packed, method, size);
  if (unpacked.length !== size || crc32(unpacked) !== checksum)
    throw new Error("The zip file is damaged.");
  return unpacked;
}

function unpack(packed: Buffer, method: number, size: number): Buffer {
  if (method === STORED) return packed;
  if (method === DEFLATED) return inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
  throw new Error(`The zip file uses compression method ${method}, not 0 or 8.`);
}

function expectSignature(zip: Buffer, position: number, signature: number): void {
  if (zip.readUInt32LE(position) !== signature) throw new Error("The zip file is damaged.");
}
