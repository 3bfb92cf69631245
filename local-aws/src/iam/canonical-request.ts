import type { SignedRequest } from "./signed-request.ts";

/**
 * Returns the canonical form of a request, which is signed. It contains those of the named headers that
 * the request has.
 * @param payloadHash hexadecimal, or `UNSIGNED-PAYLOAD`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(
  { method, url, headers }: SignedRequest,
  signedHeaders: ReadonlySet<string>,
  payloadHash: string,
): string {
  const [path = "/", query = ""] = url.split("?", 2);
  const names = [...signedHeaders].filter((name) => headers[name] !== undefined).toSorted();
  const lines = names.map((name) => `${name}:${withSingleSpaces(headers[name] ?? "")}\n`);
  return [
    method,
    canonicalPath(path),
    query === "" ? "" : canonicalQuery(query),
    lines.join(""),
    names.join(";"),
    payloadHash,
  ].join("\n");
}

/** Few headers have other white space than single spaces, so most are only tested. */
const withSingleSpaces = (value: string) =>
  OTHER_SPACE.test(value) ? value.trim().replaceAll(/\s+/g, " ") : value;

const OTHER_SPACE = /^\s|\s$|\s\s|[^\S ]/;

/**
 * Returns the path without empty and dot segments. As for all services except S3, percent-encoded
 * characters are encoded again.
 */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(encode(segment));
  }
  const end = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${end}`;
}

function canonicalQuery(query: string): string {
  const parameters = Array.from(
    new URLSearchParams(query),
    ([name, value]) => [encode(name), encode(value)] as const,
  );
  return parameters
    .toSorted(([a, first], [b, second]) => compare(a, b) || compare(first, second))
    .map((parameter) => parameter.join("="))
    .join("&");
}

const compare = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Percent-encodes all characters except letters, digits and `-._~`. */
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
