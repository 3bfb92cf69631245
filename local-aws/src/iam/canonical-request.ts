import type { SignedRequest } from "./signed-request.ts";

/**
 * Returns a request in the form that is signed. Only the named headers count, and of them those that are
 * there.
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
  const lines = names.map((name) => `${name}:${headers[name]?.trim().replaceAll(/\s+/g, " ")}\n`);
  return [
    method,
    canonicalPath(path),
    query === "" ? "" : canonicalQuery(query),
    lines.join(""),
    names.join(";"),
    payloadHash,
  ].join("\n");
}

/** Without empty and dot segments. What is percent-encoded is encoded once more, as for all but S3. */
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

/** Percent-encoding of all but letters, digits and `-._~`. */
const encode = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
