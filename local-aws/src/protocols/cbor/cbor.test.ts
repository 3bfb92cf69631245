import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CborError, decodeCbor } from "./decode.ts";
import { encodeCbor } from "./encode.ts";

const bytes = (hex: string) => Buffer.from(hex, "hex");
const decoded = (hex: string) => decodeCbor(bytes(hex));

/**
 * The examples of RFC 8949, appendix A, that have a type in Smithy. The last column marks those that are
 * only read, because they are written in another form: half floats and indefinite lengths.
 * @see https://www.rfc-editor.org/rfc/rfc8949.html#appendix-A
 */
const EXAMPLES: [hex: string, value: unknown, isOnlyRead?: "only read"][] = [
  ["00", 0],
  ["01", 1],
  ["0a", 10],
  ["17", 23],
  ["1818", 24],
  ["1819", 25],
  ["1864", 100],
  ["1903e8", 1000],
  ["1a000f4240", 1_000_000],
  ["1b000000e8d4a51000", 1_000_000_000_000],
  ["1bffffffffffffffff", 18446744073709551615n],
  ["c249010000000000000000", 18446744073709551616n],
  ["3bffffffffffffffff", -18446744073709551616n],
  ["c349010000000000000000", -18446744073709551617n],
  ["20", -1],
  ["29", -10],
  ["3863", -100],
  ["3903e7", -1000],
  ["f90000", 0, "only read"],
  ["f98000", -0, "only read"],
  ["f93c00", 1, "only read"],
  ["fb3ff199999999999a", 1.1],
  ["f93e00", 1.5, "only read"],
  ["f97bff", 65504, "only read"],
  ["fa47c35000", 100_000, "only read"],
  ["fa7f7fffff", 3.4028234663852886e38],
  ["fb7e37e43c8800759c", 1e300],
  ["f90001", 5.960464477539063e-8, "only read"],
  ["f90400", 0.00006103515625, "only read"],
  ["f9c400", -4, "only read"],
  ["fbc010666666666666", -4.1],
  ["f97c00", Infinity, "only read"],
  ["f97e00", Number.NaN, "only read"],
  ["f9fc00", -Infinity, "only read"],
  ["fa7f800000", Infinity],
  ["fa7fc00000", Number.NaN],
  ["faff800000", -Infinity],
  ["fb7ff0000000000000", Infinity, "only read"],
  ["fb7ff8000000000000", Number.NaN, "only read"],
  ["fbfff0000000000000", -Infinity, "only read"],
  ["f4", false],
  ["f5", true],
  ["f6", null],
  ["f7", null, "only read"],
  ["c11a514b67b0", new Date("2013-03-21T20:04:00Z")],
  ["c1fb41d452d9ec200000", new Date("2013-03-21T20:04:00.500Z")],
  ["40", Buffer.of()],
  ["4401020304", Buffer.of(1, 2, 3, 4)],
  ["60", ""],
  ["6161", "a"],
  ["6449455446", "IETF"],
  ["62225c", '"\\'],
  ["62c3bc", "\u00fc"],
  ["63e6b0b4", "\u6c34"],
  ["64f0908591", "\u{10151}"],
  ["80", []],
  ["83010203", [1, 2, 3]],
  ["8301820203820405", [1, [2, 3], [4, 5]]],
  [
    "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
    Array.from({ length: 25 }, (_, index) => index + 1),
  ],
  ["a0", {}],
  ["a26161016162820203", { a: 1, b: [2, 3] }],
  ["826161a161626163", ["a", { b: "c" }]],
  ["a56161614161626142616361436164614461656145", { a: "A", b: "B", c: "C", d: "D", e: "E" }],
  ["5f42010243030405ff", Buffer.of(1, 2, 3, 4, 5), "only read"],
  ["7f657374726561646d696e67ff", "streaming", "only read"],
  ["9fff", [], "only read"],
  ["9f018202039f0405ffff", [1, [2, 3], [4, 5]], "only read"],
  ["9f01820203820405ff", [1, [2, 3], [4, 5]], "only read"],
  ["83018202039f0405ff", [1, [2, 3], [4, 5]], "only read"],
  ["83019f0203ff820405", [1, [2, 3], [4, 5]], "only read"],
  ["bf61610161629f0203ffff", { a: 1, b: [2, 3] }, "only read"],
  ["826161bf61626163ff", ["a", { b: "c" }], "only read"],
  ["bf6346756ef563416d7421ff", { Fun: true, Amt: -2 }, "only read"],
];

test.for(EXAMPLES)("%s is decoded as %o", ([hex, value]) => {
  expect(decoded(hex)).toStrictEqual(value);
});

test.for(EXAMPLES.filter(([, , isOnlyRead]) => isOnlyRead === undefined))(
  "%s is the encoding of %o",
  ([hex, value]) => {
    expect(encodeCbor(value).toString("hex")).toBe(hex);
  },
);

describe("values without a type in Smithy are refused", () => {
  test.for([
    ["f0", "simple value"],
    ["f818", "simple value"],
    ["f8ff", "simple value"],
    ["c074323031332d30332d32315432303a30343a30305a", "tag 0"],
    ["d74401020304", "tag 23"],
    ["d818456449455446", "tag 24"],
    ["d82076687474703a2f2f7777772e6578616d706c652e636f6d", "tag 32"],
    ["a201020304", "key"],
    ["c16161", "not a time"],
    ["c1fb7e37e43c8800759c", "not a time"],
    ["c26161", "bignum"],
    ["a2616101616102", '"a" twice'],
  ])("%s: %s", ([hex = "", reason]) => {
    expect(() => decoded(hex)).toThrow(reason);
  });
});

/** @see https://www.rfc-editor.org/rfc/rfc8949.html#appendix-F */
describe("malformed CBOR is refused", () => {
  test.for([
    ["", "ends too early"],
    ["18", "ends too early"],
    ["1901", "ends too early"],
    ["1b01020304050607", "ends too early"],
    ["f900", "ends too early"],
    ["41", "ends too early"],
    ["61", "ends too early"],
    ["5affffffff00", "ends too early"],
    ["5bffffffffffffffff010203", "ends too early"],
    ["81", "ends too early"],
    ["9a01ffffff00", "ends too early"],
    ["a1", "ends too early"],
    ["a1616100a1", "1 more bytes follow"],
    ["a20102", "key"],
    ["bf616100", "ends too early"],
    ["bf6161ff", "break"],
    ["c0", "ends too early"],
    ["5f4100", "ends too early"],
    ["5f00ff", "chunk"],
    ["5f6100ff", "chunk"],
    ["7f4100ff", "chunk"],
    ["5f5f4100ffff", "no length"],
    ["1c", "reserved"],
    ["fd", "reserved"],
    ["f801", "simple value"],
    ["1f", "no length"],
    ["df00", "no length"],
    ["ff", "break"],
    ["81ff", "break"],
    ["0000", "1 more bytes follow"],
    ["62c328", "UTF-8"],
    ["7f61c361bcff", "UTF-8"],
  ])("%s: %s", ([hex = "", reason]) => {
    expect(() => decoded(hex)).toThrow(reason);
  });

  test("a value that is nested very deeply", () => {
    expect(() => decodeCbor(Buffer.alloc(1_000_000, 0x81))).toThrow("100 levels");
    expect(() => decodeCbor(Buffer.alloc(1_000_000, 0xc1))).toThrow("100 levels");
    expect(decoded(`${"81".repeat(100)}00`)).toBeInstanceOf(Array);
  });
});

test("a time is exact to the millisecond", () => {
  expect(decodeCbor(encodeCbor(new Date(1001)))).toEqual(new Date(1001));
});

test("a text keeps its byte order mark", () => {
  expect(decodeCbor(encodeCbor("\ufeffa"))).toBe("\ufeffa");
});

test("the key __proto__ is a key like any other", () => {
  const value: unknown = decoded("a1695f5f70726f746f5f5fa1616101");
  expect(Object.keys(Object(value))).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test("members without a value are omitted; items without one are null", () => {
  expect(decodeCbor(encodeCbor({ a: undefined, b: null, c: 1, d: [undefined] }))).toEqual({
    c: 1,
    d: [null],
  });
});

test("a value that CBOR cannot express is not encoded", () => {
  expect(() => encodeCbor({ a: () => {} })).toThrow("CBOR has no form for a function.");
});

const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.boolean(),
    fc.integer(),
    fc.maxSafeInteger(),
    fc.double(),
    fc.bigInt().filter((each) => !Number.isSafeInteger(Number(each))),
    fc.string({ unit: "grapheme" }),
    // A time is exact to the millisecond for thousands of years, not for hundreds of thousands.
    fc.date({
      noInvalidDate: true,
      min: new Date("0001-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59.999Z"),
    }),
    fc.uint8Array().map((each) => Buffer.from(each)),
    fc.array(tie("value")),
    fc.dictionary(fc.string({ unit: "grapheme" }), tie("value"), { noNullPrototype: true }),
  ),
})).value;

test("any value is decoded as it was encoded", () => {
  fc.assert(
    fc.property(value, (each) => {
      expect(decodeCbor(encodeCbor(each))).toStrictEqual(each);
    }),
    { numRuns: 500 },
  );
});

test("any bytes are either decoded or refused with a reason", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (each) => {
      expect(failureOf(() => decodeCbor(each))).toSatisfy(
        (error) => error === undefined || error instanceof CborError,
      );
    }),
    { numRuns: 5000 },
  );
});

function failureOf(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}
