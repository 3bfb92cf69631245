import { JwtVerifier } from "aws-jwt-verify";
import { FetchError, JwksValidationError, JwtBaseError } from "aws-jwt-verify/error";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import type { JwtPayload } from "aws-jwt-verify/jwt-model";

/** What a token must say to be accepted. */
export interface Expectations {
  /** `iss`, to the letter. */
  issuer: string;
  /** `aud`, or, in a token without, `client_id`, must name one of these. */
  audience: readonly string[];
  /** Where the issuer's keys are. Default: `{issuer}/.well-known/jwks.json`. */
  jwksUrl: string | undefined;
}

/** What became of a token. A reason names the check that failed, and nothing of the token. */
export type Verification = { subject: string } | { refused: string };

/**
 * @throws whatever keeps the issuer's keys from being fetched and read. That says nothing about the
 * token.
 */
export type VerifyToken = (token: string) => Promise<Verification>;

/** Characters. API Gateway takes 10,240 bytes of headers at most. */
const TOKEN_LIMIT = 8192;

export function createVerifyToken({ issuer, audience, jwksUrl }: Expectations): VerifyToken {
  const verifier = JwtVerifier.create(
    { issuer, audience: null, ...(jwksUrl !== undefined && { jwksUri: jwksUrl }) },
    // The cache fetches the keys again when it meets an unknown one, but after a fetch in vain not
    // for ten seconds: random key ids don't flood the issuer.
    { jwksCache: new SimpleJwksCache({ fetcher: { fetch: fetchKeys } }) },
  );
  return async (token) => {
    if (token.length > TOKEN_LIMIT) return { refused: "TokenTooLong" };
    try {
      const { sub, exp, ...claims } = await verifier.verify(token);
      if (exp === undefined) return { refused: "NoExpiry" };
      if (!sub) return { refused: "NoSubject" };
      return isMeantFor(audience, claims) ? { subject: sub } : { refused: "WrongAudience" };
    } catch (error) {
      if (!isAboutToken(error)) throw error;
      return { refused: error.constructor.name };
    }
  };
}

/**
 * As JWT authorizers of HTTP APIs do: access tokens of Amazon Cognito have no `aud`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
function isMeantFor(audience: readonly string[], claims: Omit<JwtPayload, "sub" | "exp">): boolean {
  const { aud, client_id: clientId } = claims;
  return [aud ?? clientId]
    .flat()
    .some((name) => typeof name === "string" && audience.includes(name));
}

const isAboutToken = (error: unknown): error is JwtBaseError =>
  error instanceof JwtBaseError &&
  !(error instanceof FetchError) &&
  !(error instanceof JwksValidationError);

/** @throws {Error} where the keys don't come within three seconds. */
async function fetchKeys(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(3000) });
  if (!response.ok) throw new Error(`${url} answered with status ${response.status}.`);
  return await response.arrayBuffer();
}
