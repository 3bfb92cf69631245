import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { AuthorizationHeader } from "./authorization-header.ts";
import { canonicalRequest } from "./canonical-request.ts";
import type { KnownCredentials } from "./credentials.ts";
import type { SignedRequest } from "./signed-request.ts";
import type { SigningKeys } from "./signing-keys.ts";

const HASH_HEADER = "x-amz-content-sha256";
const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** Returns whether the body is the one that the request says it was signed with. */
export function payloadHash({ headers, body }: SignedRequest): { hash: string; valid: boolean } {
  const stated = headers[HASH_HEADER];
  if (stated === UNSIGNED_PAYLOAD) return { hash: stated, valid: true };
  const hash = sha256(body);
  return { hash, valid: stated === undefined || stated === hash };
}

/**
 * Returns whether a request was signed with these credentials. It is signed here once more, with the
 * headers that the client signed and no others. Every message of a client comes by here twice, for which
 * AWS's own signer in JavaScript would take longer than all else; a test has it agree with this.
 * @param stamp when it was signed: `YYYYMMDDTHHMMSSZ`.
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

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");

/** Takes as long for a wrong text as for the right one. */
export function sameText(expected: string, actual: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(actual)];
  return a.length === b.length && timingSafeEqual(a, b);
}
