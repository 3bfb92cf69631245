import { createHmac, hash as hashOf, timingSafeEqual } from "node:crypto";
import type { AuthorizationHeader } from "./authorization-header.ts";
import { canonicalRequest } from "./canonical-request.ts";
import type { KnownCredentials } from "./credentials.ts";
import type { SignedRequest } from "./signed-request.ts";
import type { SigningKeys } from "./signing-keys.ts";

const HASH_HEADER = "x-amz-content-sha256";
const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** Returns the hash of the body for the signature, and whether it is the one that the request states. */
export function payloadHash({ headers, body }: SignedRequest): { hash: string; valid: boolean } {
  const stated = headers[HASH_HEADER];
  if (stated === UNSIGNED_PAYLOAD) return { hash: stated, valid: true };
  const hash = sha256(body);
  return { hash, valid: stated === undefined || stated === hash };
}

/**
 * Returns whether a request was signed with these credentials. The request is signed again, with the
 * headers that the client signed. This code does not use AWS's own signer for JavaScript, which would be
 * the slowest part of each message, but a test compares the two.
 * @param stamp the time of the signature: `YYYYMMDDTHHMMSSZ`.
 */
export function signatureMatches(
  request: SignedRequest,
  authorization: AuthorizationHeader,
  credentials: KnownCredentials,
  { hash, stamp, signingKeys }: { hash: string; stamp: string; signingKeys: SigningKeys },
): boolean {
  const { date, region, service, signedHeaders, signature } = authorization;
  const text = [
    "AWS4-HMAC-SHA256",
    stamp,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonicalRequest(request, signedHeaders, hash)),
  ].join("\n");
  const key = signingKeys(credentials, authorization);
  return sameText(createHmac("sha256", key).update(text).digest("hex"), signature);
}

const sha256 = (data: string | Buffer) => hashOf("sha256", data);

/** Compares two texts in constant time. */
export function sameText(expected: string, actual: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(actual)];
  return a.length === b.length && timingSafeEqual(a, b);
}
