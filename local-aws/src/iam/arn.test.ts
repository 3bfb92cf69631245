import { describe, expect, it } from "vitest";
import { arnLike } from "./arn.ts";

const connections = "arn:aws:execute-api:us-east-1:000000000000:api/production/POST/@connections";

describe("arnLike", () => {
  it.each([
    [`${connections}/*`, `${connections}/{connectionId}`],
    ["arn:aws:execute-api:*:*:api/*/$connect", "arn:aws:execute-api:eu-west-1:1:api/x/$connect"],
    ["arn:aws:sqs:us-east-1:000000000000:job?", "arn:aws:sqs:us-east-1:000000000000:jobs"],
    // The sixth part can contain colons, which a wildcard in it also matches.
    [
      "arn:aws:logs:us-east-1:0:log-group:/a:*",
      "arn:aws:logs:us-east-1:0:log-group:/a:log-stream:b",
    ],
  ])("matches %s with %s", (pattern, value) => {
    expect(arnLike(pattern, value)).toBe(true);
  });

  it.each([
    [connections, `${connections}/{connectionId}`],
    ["arn:aws:sqs:us-east-1:000000000000:job?", "arn:aws:sqs:us-east-1:000000000000:job"],
    // A wildcard does not match a colon between the first five parts.
    ["arn:aws:sqs:*:jobs", "arn:aws:sqs:us-east-1:000000000000:jobs"],
    ["arn:aws:*:000000000000:jobs:x:y", "arn:aws:sqs:us-east-1:000000000000:jobs:x:y"],
    ["arn:aws:s3:::a.c", "arn:aws:s3:::abc"],
    ["arn:aws:s3:::A", "arn:aws:s3:::a"],
    ["*", "not an ARN"],
  ])("does not match %s with %s", (pattern, value) => {
    expect(arnLike(pattern, value)).toBe(false);
  });
});
