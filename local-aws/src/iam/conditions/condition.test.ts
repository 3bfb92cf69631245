import { describe, expect, it } from "vitest";
import { conditionTests, resultOf } from "./condition.ts";
import type { ConditionKeys } from "./condition-keys.ts";

const VALUES: Readonly<Record<string, readonly string[]>> = {
  name: ["Chat-1"],
  names: ["a", "b"],
  none: [],
  arn: ["arn:aws:lambda:us-east-1:000000000000:function:a:b"],
  count: ["10"],
  secure: ["true"],
  time: ["2026-06-01T00:00:00Z"],
  ip: ["10.1.2.3"],
  ip6: ["2001:db8::1"],
};
const keys: ConditionKeys = (key) => VALUES[key];

const result = (operator: string, key: string, value: string | string[]) =>
  resultOf(conditionTests({ [operator]: { [key]: value } }), keys);

describe("a condition", () => {
  it.each<[string, string, string | string[]]>([
    ["StringEquals", "name", ["other", "Chat-1"]],
    ["StringEqualsIgnoreCase", "name", "chat-1"],
    ["StringNotEquals", "name", ["chat-1", "Chat-2"]],
    ["StringNotEqualsIgnoreCase", "name", "chat-2"],
    ["StringLike", "name", "Chat-?"],
    ["StringLike", "name", "C*"],
    ["StringNotLike", "name", "c*"],
    ["StringEquals", "name", "${name}"],
    ["StringEquals", "name", "${none, 'Chat-1'}"],
    ["ArnEquals", "arn", "arn:aws:lambda:*:*:function:*"],
    ["ArnLike", "arn", "arn:aws:lambda:us-*-1:000000000000:function:?:b"],
    ["ArnNotLike", "arn", "arn:aws:lambda*:function:*"],
    ["ArnNotEquals", "arn", "arn:aws:sqs:*:*:*"],
    ["NumericEquals", "count", "10.0"],
    ["NumericNotEquals", "count", "1"],
    ["NumericLessThan", "count", "11"],
    ["NumericLessThanEquals", "count", "10"],
    ["NumericGreaterThan", "count", "9"],
    ["NumericGreaterThanEquals", "count", "10"],
    ["DateLessThan", "time", "2026-06-02"],
    ["DateGreaterThan", "time", "1767225600"],
    ["DateEquals", "time", "2026-06-01T02:00:00+02:00"],
    ["Bool", "secure", "True"],
    ["IpAddress", "ip", ["192.168.0.0/16", "10.1.0.0/16"]],
    ["IpAddress", "ip", "10.1.2.3"],
    ["IpAddress", "ip6", "2001:db8::/32"],
    ["NotIpAddress", "ip", "10.2.0.0/16"],
    ["Null", "none", "true"],
    ["Null", "name", "false"],
    ["StringNotEquals", "none", "a"],
    ["StringEqualsIfExists", "none", "a"],
    ["StringEqualsIfExists", "name", "Chat-1"],
    ["ForAllValues:StringEquals", "names", ["a", "b", "c"]],
    ["ForAllValues:StringEquals", "none", "a"],
    ["ForAnyValue:StringEquals", "names", ["b", "c"]],
    ["ForAnyValue:StringNotEquals", "names", "a"],
    ["ForAllValues:StringNotEquals", "names", "c"],
  ])("%s of %s with %j is true", (operator, key, value) => {
    expect(result(operator, key, value)).toBe(true);
  });

  it.each<[string, string, string | string[]]>([
    ["StringEquals", "name", ["chat-1", "Chat-*"]],
    ["StringNotEquals", "name", ["a", "Chat-1"]],
    ["StringLike", "name", "Chat"],
    ["StringEquals", "name", "${none}"],
    ["ArnLike", "arn", "arn:aws:lambda*:function:*"],
    ["NumericLessThan", "count", "9"],
    ["NumericEquals", "name", "1"],
    ["DateGreaterThan", "time", "2026-06-01T00:00:00Z"],
    ["Bool", "secure", "false"],
    ["IpAddress", "ip", "10.2.0.0/16"],
    ["IpAddress", "ip", "10.1.2.3/33"],
    ["IpAddress", "ip", "0.0.0.0/"],
    ["NotIpAddress", "ip", "10.0.0.0/8"],
    ["Null", "name", "true"],
    ["StringEquals", "none", "a"],
    ["StringEqualsIfExists", "name", "other"],
    ["ForAllValues:StringEquals", "names", "a"],
    ["ForAnyValue:StringEquals", "names", "c"],
    ["ForAnyValue:StringEquals", "none", "a"],
    ["ForAnyValue:StringNotEquals", "names", ["a", "b"]],
    ["ForAnyValue:StringNotEquals", "none", "a"],
    ["ForAllValues:StringNotEquals", "names", "a"],
  ])("%s of %s with %j is false", (operator, key, value) => {
    expect(result(operator, key, value)).toBe(false);
  });

  it("with an unknown key returns the operator and the key", () => {
    expect(result("StringEqualsIfExists", "unknown", "a")).toEqual([
      "StringEqualsIfExists of unknown",
    ]);
    expect(result("StringEquals", "name", "${unknown}")).toEqual(["StringEquals of name"]);
  });

  it("is true if all its operators and keys match", () => {
    const of = (names: string) =>
      resultOf(
        conditionTests({ StringEquals: { name: "Chat-1", names }, Bool: { secure: "true" } }),
        keys,
      );
    expect(of("a")).toBe(true);
    expect(of("c")).toBe(false);
  });
});
