import { expect, test } from "vitest";
import { parseArn } from "./arn.ts";

test("an ARN has six parts, and the last can contain colons", () => {
  expect(parseArn("arn:aws:lambda:us-east-1:000000000000:function:processor")).toEqual({
    partition: "aws",
    service: "lambda",
    region: "us-east-1",
    accountId: "000000000000",
    resource: "function:processor",
  });
  expect(parseArn("arn:aws:s3:::bucket")).toMatchObject({ region: "", resource: "bucket" });
});

test.for(["", "processor", "arn:aws:lambda:us-east-1:000000000000", "urn:a:b:c:d:e"])(
  'the text "%s" is not an ARN',
  (text) => {
    expect(parseArn(text)).toBeUndefined();
  },
);
