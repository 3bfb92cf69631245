import { createHmac } from "node:crypto";
import type { KnownCredentials } from "./credentials.ts";

/** What a signature is valid for. */
export interface CredentialScope {
  /** `YYYYMMDD` */
  date: string;
  region: string;
  service: string;
}

/** The key that requests of a scope are signed with. */
export type SigningKeys = (credentials: KnownCredentials, scope: CredentialScope) => Buffer;

/** Callers write the scope: what they can make up must not fill the memory. */
const MOST_KEYS = 256;

/**
 * Derives signing keys, each once for the many requests of a scope.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigningKeys(): SigningKeys {
  const keys = new Map<string, Buffer>();
  return ({ accessKeyId, secretAccessKey }, { date, region, service }) => {
    const name = `${accessKeyId}/${date}/${region}/${service}`;
    const known = keys.get(name);
    if (known !== undefined) return known;
    const [oldest] = keys.keys();
    if (keys.size >= MOST_KEYS && oldest !== undefined) keys.delete(oldest);
    const key = [date, region, service, "aws4_request"].reduce(
      hmac,
      Buffer.from(`AWS4${secretAccessKey}`),
    );
    keys.set(name, key);
    return key;
  };
}

const hmac = (key: Buffer, data: string) => createHmac("sha256", key).update(data).digest();
