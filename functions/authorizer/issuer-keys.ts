import { createPublicKey } from "node:crypto";
import { isJwk, type Jwk, type Jwks, SimpleJwksCache } from "aws-jwt-verify/jwk";

/** The issuer's keys can't be fetched or read, so tokens can be neither accepted nor refused. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/** Milliseconds between a failed fetch and the next one. Tokens in between fail at once. */
const RETRY_DELAY = 10_000;

/**
 * A cache of the issuer's keys (JWKS). Fetches them for the first token, and again for a token with an
 * unknown key id. After a fetch that fails or does not return the key, waits ten seconds before the
 * next fetch, so that tokens with random key ids do not flood the issuer.
 */
export class IssuerKeys extends SimpleJwksCache {
  readonly #now: () => number;
  #lastFailure: { error: KeysUnavailable; at: number } | undefined;

  /** @param now returns the time in milliseconds. */
  constructor(now: () => number = Date.now) {
    super({ fetcher: { fetch: fetchKeys }, jwksParser: readKeys });
    this.#now = now;
  }

  /** @throws {KeysUnavailable} */
  override async getJwks(url: string): Promise<Jwks> {
    if (this.#lastFailure !== undefined && this.#now() < this.#lastFailure.at + RETRY_DELAY)
      throw this.#lastFailure.error;
    try {
      return await super.getJwks(url);
    } catch (cause) {
      const message = `The issuer's keys (JWKS) are unavailable: ${reasonOf(cause)}`;
      const error = new KeysUnavailable(message, { cause });
      this.#lastFailure = { error, at: this.#now() };
      throw error;
    }
  }
}

/**
 * Fetches the keys, and retries once if the connection fails: a keep-alive connection may have closed
 * while Lambda froze the process.
 * @throws {Error} if two attempts of three seconds each fail, or if the status is not 200.
 */
async function fetchKeys(url: string): Promise<ArrayBuffer> {
  const { status, body } = await get(url).catch(() => get(url));
  if (status !== 200) throw new Error(`${url} responded with status ${status}.`);
  return body;
}

/** @throws {Error} only if no complete response arrives. */
async function get(url: string): Promise<{ status: number; body: ArrayBuffer }> {
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(3000) });
  return { status: response.status, body: await response.arrayBuffer() };
}

/**
 * Returns the keys that can verify a signature. Ignores the others, such as keys for encryption.
 * @throws {Error} if there is none, because then every token would be refused as invalid.
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
function readKeys(body: ArrayBuffer): Jwks {
  const parsed: unknown = JSON.parse(Buffer.from(body).toString());
  const isSet = typeof parsed === "object" && parsed !== null && "keys" in parsed;
  const keys = isSet && Array.isArray(parsed.keys) ? parsed.keys.filter(verifiesSignatures) : [];
  if (keys.length === 0)
    throw new Error("The response contains no key that can verify signatures.");
  return { keys };
}

function verifiesSignatures(jwk: Parameters<typeof isJwk>[0]): jwk is Jwk {
  if (!isJwk(jwk) || jwk.kid === undefined || (jwk.use ?? "sig") !== "sig") return false;
  try {
    createPublicKey({ key: jwk, format: "jwk" });
    return true;
  } catch {
    // The key is malformed, or Node.js does not support its type.
    return false;
  }
}

/** Returns the message of an error with its causes: only the causes say why `fetch` failed. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined
    ? `${String(error)}: ${reasonOf(error.cause)}`
    : String(error);
