import { createHash, timingSafeEqual } from "node:crypto";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { type AuthorizationHeader, parseAuthorization } from "./authorization-header.ts";
import type { KnownCredentials } from "./credentials.ts";
import type { SignedRequest } from "./index.ts";

const HASH_HEADER = "x-amz-content-sha256";
const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

/** Whether the body is the one that the request says it was signed with. */
export function payloadHash({ headers, body }: SignedRequest): { hash: string; valid: boolean } {
  const stated = headers[HASH_HEADER];
  if (stated === UNSIGNED_PAYLOAD) return { hash: stated, valid: true };
  const hash = createHash("sha256").update(body).digest("hex");
  return { hash, valid: stated === undefined || stated === hash };
}

/**
 * Whether a request was signed with these credentials: AWS's own signer signs it once more, with
 * the headers that the client signed and no others.
 * @param time when it was signed, in milliseconds since the epoch.
 */
export async function signatureMatches(
  request: SignedRequest,
  authorization: AuthorizationHeader,
  credentials: KnownCredentials,
  { hash, time }: { hash: string; time: number },
): Promise<boolean> {
  const { region, service, signedHeaders, signature } = authorization;
  const signer = new SignatureV4({
    credentials: withoutCaller(credentials),
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const headers = pick(request.headers, signedHeaders);
  const signed = await signer.sign(
    {
      method: request.method,
      protocol: "http:",
      hostname: "",
      ...splitUrl(request.url),
      headers: { ...headers, [HASH_HEADER]: hash },
    },
    {
      signingDate: new Date(time),
      signableHeaders: new Set(signedHeaders),
      // The hash is handed to the signer as a header, so that the body is hashed only once.
      unsignableHeaders: new Set([HASH_HEADER]),
    },
  );
  const expected = parseAuthorization(signed.headers["authorization"] ?? "").signature;
  return sameText(expected, signature);
}

const withoutCaller = ({ accessKeyId, secretAccessKey, sessionToken }: KnownCredentials) => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken === undefined ? {} : { sessionToken }),
});

function pick(
  headers: SignedRequest["headers"],
  names: ReadonlySet<string>,
): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}

/** The path stays percent-encoded: SigV4 encodes it a second time, for every service but S3. */
function splitUrl(url: string): { path: string; query: Record<string, string[]> } {
  const [path = "/", search = ""] = url.split("?", 2);
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(search)) (query[name] ??= []).push(value);
  return { path, query };
}

/** Takes as long for a wrong text as for the right one. */
export function sameText(expected: string, actual: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(actual)];
  return a.length === b.length && timingSafeEqual(a, b);
}
