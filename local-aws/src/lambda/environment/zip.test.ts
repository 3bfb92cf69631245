import { strToU8, type Zippable, zipSync } from "fflate";
import { expect, test } from "vitest";
import { readZip } from "./zip.ts";

const zip = (files: Zippable) => Buffer.from(zipSync(files));
const unix = (mode: number) => ({ os: 3, attrs: mode << 16 });

test("entries have the paths, types, modes and contents of the zip", () => {
  const long = "a".repeat(100_000);
  const entries = readZip(
    zip({
      "index.js": strToU8(long),
      "stored.txt": [strToU8("stored"), { level: 0 }],
      "bin/helper": [strToU8("#!/bin/sh"), unix(0o100755)],
      "bin/link": [strToU8("helper"), unix(0o120777)],
      "empty/": [new Uint8Array(), unix(0o040755)],
      "ü.txt": strToU8(""),
    }),
  );
  expect(entries.map(({ read, ...entry }) => ({ ...entry, content: read().toString() }))).toEqual([
    { path: "index.js", type: "file", mode: 0o644, size: 100_000, content: long },
    { path: "stored.txt", type: "file", mode: 0o644, size: 6, content: "stored" },
    { path: "bin/helper", type: "file", mode: 0o755, size: 9, content: "#!/bin/sh" },
    { path: "bin/link", type: "link", mode: 0o777, size: 6, content: "helper" },
    { path: "empty", type: "directory", mode: 0o755, size: 0, content: "" },
    { path: "ü.txt", type: "file", mode: 0o644, size: 0, content: "" },
  ]);
});

test("entries outside the root are skipped, and the last of several entries with the same path is used", () => {
  const entries = readZip(
    zip({
      "../above": strToU8("1"),
      "/absolute": strToU8("2"),
      "a/../../above": strToU8("3"),
      "..": strToU8("4"),
      "nul\0": strToU8("5"),
      "./same": strToU8("first"),
      "x/../same": strToU8("last"),
    }),
  );
  expect(entries.map(({ path, read }) => [path, read().toString()])).toEqual([["same", "last"]]);
});

test.for([
  ["a file", { a: strToU8("file"), "a/b": strToU8("below") }],
  ["a link", { a: [strToU8("/tmp"), unix(0o120777)], "a/b/c": strToU8("below") }],
] as [string, Zippable][])("a zip with an entry below %s is refused", ([, files]) => {
  expect(() => readZip(zip(files))).toThrow(
    /^The zip file has a\/b.* inside a, which is a (file|link)\.$/,
  );
});

test("a zip with the large numbers of Zip64 is read", () => {
  const plain = zip({ "a.txt": [strToU8("content"), { level: 0 }] });
  const directory = plain.readUInt32LE(plain.length - 6);
  const entry = Buffer.from(plain.subarray(directory, plain.length - 22));
  const extra = Buffer.alloc(28);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(24, 2);
  extra.writeBigUInt64LE(7n, 4);
  extra.writeBigUInt64LE(7n, 12);
  entry.writeUInt16LE(extra.length, 30);
  for (const field of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, field);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(1n, 32);
  end64.writeBigUInt64LE(BigInt(directory), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(directory + entry.length + extra.length), 8);
  const end = Buffer.from(plain.subarray(plain.length - 22));
  end.writeUInt32LE(0xffffffff, 16);
  const large = [plain.subarray(0, directory), entry, extra, end64, locator, end];
  const [found] = readZip(Buffer.concat(large));
  expect(found).toMatchObject({ path: "a.txt", size: 7 });
  expect(found?.read().toString()).toBe("content");
});

test("an invalid zip is refused, wherever it is cut or changed", () => {
  const whole = zip({ "a.txt": strToU8("some content, some content, some content") });
  const readAll = (bytes: Buffer) => readZip(bytes).map(({ read }) => read());
  expect(readAll(whole)).toHaveLength(1);
  for (let length = 0; length < whole.length; length += 1)
    expect(() => readAll(whole.subarray(0, length)), `of ${length} bytes`).toThrow(/./);
  const start = 30 + "a.txt".length;
  for (const [position, message] of [
    [0, "damaged"],
    [start + 3, /./],
    [whole.length - 22 - 46 - 5 + 16, "damaged"],
  ] as const) {
    const changed = Buffer.from(whole);
    changed.writeUInt8(changed.readUInt8(position) ^ 0x55, position);
    expect(() => readAll(changed), `changed at ${position}`).toThrow(message);
  }
});

test("an entry is not unpacked beyond its size in the directory of the zip", () => {
  const bomb = zip({ "a.txt": new Uint8Array(1_000_000) });
  const size = bomb.length - 22 - 46 - 5 + 24;
  bomb.writeUInt32LE(10, size);
  const [entry] = readZip(bomb);
  expect(entry?.size).toBe(10);
  expect(() => entry?.read()).toThrow("Cannot create a Buffer larger than 10 bytes");
});
