import { createPublicKey } from "node:crypto";
import { isJwk, type Jwk, type Jwks, SimpleJwksCache } from "aws-jwt-verify/jwk";

/** The issuer's keys can't be fetched or read. That says nothing about any token. */
export class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/** Milliseconds. Without it, each token would send another request to an issuer that is down, and wait. */
const PAUSE = 10_000;

/**
 * The issuer's keys. They are fetched for the first token, and again for a token that names an unknown
 * key. After a fetch that fails or doesn't bring the key, there is no other one for ten seconds, so that
 * random key ids don't flood the issuer.
 */
export class IssuerKeys extends SimpleJwksCache {
  readonly #now: () => number;
  #lastFailure: { error: KeysUnavailable; at: number } | undefined;

  /** @param now milliseconds since some moment. */
  constructor(now: () => number = Date.now) {
    super({ fetcher: { fetch: fetchKeys }, jwksParser: readKeys });
    this.#now = now;
  }

  /** @throws {KeysUnavailable} */
  override async getJwks(url: string): Promise<Jwks> {
    if (this.#lastFailure !== undefined && this.#now() < this.#lastFailure.at + PAUSE)
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
 * Fetches the keys, a second time at once where the connection failed: the one that is kept for the
 * next request may have died while Lambda had the process frozen.
 * @throws {Error} where the keys don't come within three seconds, twice.
 */
async function fetchKeys(url: string): Promise<ArrayBuffer> {
  const { status, body } = await get(url).catch(() => get(url));
  if (status !== 200) throw new Error(`${url} responded with status ${status}.`);
  return body;
}

/** @throws {Error} only where no whole response comes. */
async function get(url: string): Promise<{ status: number; body: ArrayBuffer }> {
  const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(3000) });
  return { status: response.status, body: await response.arrayBuffer() };
}

/**
 * The keys that can verify a signature. Others are passed over: issuers show keys for encryption too.
 * @throws {Error} where there is none, for then no token could be told from any other.
 * @see https://www.rfc-editor.org/rfc/rfc7517#section-5
 */
function readKeys(body: ArrayBuffer): Jwks {
  const shown: unknown = JSON.parse(Buffer.from(body).toString());
  const isSet = typeof shown === "object" && shown !== null && "keys" in shown;
  const keys = isSet && Array.isArray(shown.keys) ? shown.keys.filter(verifiesSignatures) : [];
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
    // Of a kind that Node.js doesn't know, or broken.
    return false;
  }
}

/** With its causes: `fetch` says in them alone why it failed. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined
    ? `${String(error)}: ${reasonOf(error.cause)}`
    : String(error);
