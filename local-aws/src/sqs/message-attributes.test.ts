import { expect, test } from "vitest";
import { md5OfAttributes } from "./message-attributes.ts";

test("the digest of several attributes takes them in the order of their names", () => {
  // A digest that AWS gave for these attributes, as moto's tests record it.
  const attributes = {
    ccc: { DataType: "String", StringValue: "testjunk" },
    aaa: { DataType: "Binary", BinaryValue: "AgME" },
    zzz: { DataType: "Number", StringValue: "0230.01" },
    öther_encodings: { DataType: "String", StringValue: "Tüst" },
  };
  expect(md5OfAttributes(attributes)).toBe("8ae21a7957029ef04146b42aeaa18a22");
});
