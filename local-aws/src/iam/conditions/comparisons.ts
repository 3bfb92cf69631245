import { BlockList, isIP } from "node:net";
import { arnMatcher, wildcard } from "../arn.ts";
import { literal } from "./policy-variables.ts";

/** Compares a value of a policy with a value of the request. */
export type Comparison = (ofPolicy: string) => (ofRequest: string) => boolean;

const numeric =
  (compare: (a: number, b: number) => boolean, read: (text: string) => number): Comparison =>
  (ofPolicy) =>
  (ofRequest) =>
    compare(read(ofRequest), read(ofPolicy));

const number = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));

/** Parses a date in seconds or milliseconds since the epoch, or in ISO 8601. */
function date(text: string): number {
  if (!/^\d{5,}$/.test(text)) return Date.parse(text);
  return text.length > 11 ? Number(text) : Number(text) * 1000;
}

const ordered = (prefix: string, read: (text: string) => number): Record<string, Comparison> => ({
  [`${prefix}Equals`]: numeric((a, b) => a === b, read),
  [`${prefix}LessThan`]: numeric((a, b) => a < b, read),
  [`${prefix}LessThanEquals`]: numeric((a, b) => a <= b, read),
  [`${prefix}GreaterThan`]: numeric((a, b) => a > b, read),
  [`${prefix}GreaterThanEquals`]: numeric((a, b) => a >= b, read),
});

const equals: Comparison = (ofPolicy) => {
  const text = literal(ofPolicy);
  return (ofRequest) => ofRequest === text;
};

const equalsIgnoreCase: Comparison = (ofPolicy) => {
  const matches = equals(ofPolicy.toLowerCase());
  return (ofRequest) => matches(ofRequest.toLowerCase());
};

const ipAddress: Comparison = (ofPolicy) => {
  const [address = "", bits] = ofPolicy.split("/");
  const family = isIP(address);
  const range = new BlockList();
  const most = family === 6 ? 128 : 32;
  const prefix = bits === undefined ? most : number(bits);
  if (family !== 0 && Number.isInteger(prefix) && prefix >= 0 && prefix <= most)
    range.addSubnet(address, prefix, family === 6 ? "ipv6" : "ipv4");
  return (ofRequest) =>
    isIP(ofRequest) !== 0 && range.check(ofRequest, isIP(ofRequest) === 6 ? "ipv6" : "ipv4");
};

/**
 * The operators that are not negated, except Null, which compares no values.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
export const comparisons: Readonly<Record<string, Comparison>> = {
  StringEquals: equals,
  StringEqualsIgnoreCase: equalsIgnoreCase,
  StringLike: (ofPolicy) => wildcard(ofPolicy),
  ArnEquals: arnMatcher,
  ArnLike: arnMatcher,
  Bool: equalsIgnoreCase,
  BinaryEquals: equals,
  IpAddress: ipAddress,
  ...ordered("Numeric", number),
  ...ordered("Date", date),
};
