import { expect, test } from "vitest";
import { md5OfAttributes } from "./message-attributes.ts";

test("the digest of several attributes uses the order of their names", () => {
  // The digest of AWS for these attributes is from the tests of moto.
  const attributes = {
    ccc: { DataType: "String", StringValue: "testjunk" },
    aaa: { DataType: "Binary", BinaryValue: "AgME" },
    zzz: { DataType: "Number", StringValue: "0230.01" },
    öther_encodings: { DataType: "String", StringValue: "Tüst" },
  };
  expect(md5OfAttributes(attributes)).toBe("8ae21a7957029ef04146b42aeaa18a22");
});
