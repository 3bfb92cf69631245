import { createHmac } from "node:crypto";
import type { KnownCredentials } from "./credentials.ts";

/** The scope in which a signature is valid. */
export interface CredentialScope {
  /** `YYYYMMDD` */
  date: string;
  region: string;
  service: string;
}

/** Returns the key with which requests of a scope are signed. */
export type SigningKeys = (credentials: KnownCredentials, scope: CredentialScope) => Buffer;

/**
 * The maximum number of cached keys. Callers choose the scope, so they must not be able to fill the
 * memory.
 */
const MAX_KEYS = 256;

/**
 * Creates a function that derives signing keys, and caches them for further requests of the same scope.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigningKeys(): SigningKeys {
  const keys = new Map<string, Buffer>();
  return ({ accessKeyId, secretAccessKey }, { date, region, service }) => {
    const name = `${accessKeyId}/${date}/${region}/${service}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const [oldest] = keys.keys();
    if (keys.size >= MAX_KEYS && oldest !== undefined) keys.delete(oldest);
    const key = [date, region, service, "aws4_request"].reduce(
      hmac,
      Buffer.from(`AWS4${secretAccessKey}`),
    );
    keys.set(name, key);
    return key;
  };
}

const hmac = (key: Buffer, data: string) => createHmac("sha256", key).update(data).digest();
