import { JwtBaseError } from "aws-jwt-verify/error";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import type { JwtHeader, JwtPayload } from "aws-jwt-verify/jwt-model";
import { JwtVerifier, supportedSignatureAlgorithms } from "aws-jwt-verify/jwt-verifier";
import { CLOCK_LEEWAY } from "../../shared/token.ts";
import { IssuerKeys, KeysUnavailable } from "./issuer-keys.ts";

/** The claims that a token must have to be accepted. */
export interface Expectations {
  /** The exact value of `iss`. */
  issuer: string;
  /** `aud` must contain one of these, or `client_id` if the token has no `aud`. */
  audience: readonly string[];
  /** The URL of the issuer's keys. Default: `{issuer}/.well-known/jwks.json`. */
  jwksUrl: string | undefined;
}

/**
 * The `sub`, the `exp` and the other claims of a valid token, or the reason why a token is refused. The
 * reason names the check that failed, and contains no part of the token.
 */
export type Verification =
  | { subject: string; expiry: number; claims: Readonly<Record<string, unknown>> }
  | { refused: string };

/** @throws {KeysUnavailable} only. If the keys are available, every error makes the token invalid. */
export type VerifyToken = (token: string) => Promise<Verification>;

/** The maximum length of a token in characters. API Gateway accepts at most 10,240 bytes of headers. */
const TOKEN_LIMIT = 8192;

export function createVerifyToken({ issuer, audience, jwksUrl }: Expectations): VerifyToken {
  const verifier = JwtVerifier.create(
    {
      issuer,
      audience: null,
      graceSeconds: CLOCK_LEEWAY,
      ...(jwksUrl !== undefined && { jwksUri: jwksUrl }),
    },
    { jwksCache: new IssuerKeys() },
  );
  return async (token) => {
    if (token.length > TOKEN_LIMIT) return { refused: "TokenTooLong" };
    try {
      const { header, payload } = decomposeUnverifiedJwt(token);
      if (payload.iss !== issuer) return { refused: "JwtInvalidIssuerError" };
      const refused = refusalOf(header);
      if (refused !== undefined) return { refused };
      const { sub, exp, ...claims } = await verifier.verify(token);
      if (exp === undefined) return { refused: "NoExpiry" };
      if (!sub) return { refused: "NoSubject" };
      if (!isMeantFor(audience, claims)) return { refused: "WrongAudience" };
      return { subject: sub, expiry: exp, claims };
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      return { refused: reasonOf(error) };
    }
  };
}

/**
 * Returns the reason why no key can verify a token with this header. The header and the issuer are
 * checked before `verify`, because the verifier fetches the keys first, and then caches one for each
 * `iss` and `alg` that a token names. Forged tokens could fill the memory.
 */
function refusalOf({ alg, kid, ...others }: JwtHeader): string | undefined {
  const algorithms: readonly (string | undefined)[] = supportedSignatureAlgorithms;
  if (!algorithms.includes(alg)) return "JwtInvalidSignatureAlgorithmError";
  if (!kid) return "JwtWithoutValidKidError";
  // `crit` lists extensions that a verifier must support. This one supports none.
  // https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11
  return "crit" in others ? "CriticalHeader" : undefined;
}

/**
 * Checks the audience as the JWT authorizers of HTTP APIs do: access tokens of Amazon Cognito have no `aud`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
function isMeantFor(audience: readonly string[], claims: Omit<JwtPayload, "sub" | "exp">): boolean {
  const { aud, client_id: clientId } = claims;
  return [aud ?? clientId]
    .flat()
    .some((name) => typeof name === "string" && audience.includes(name));
}

/** Node.js throws its own errors for a signature that does not have the key's format. */
const reasonOf = (error: unknown): string =>
  error instanceof JwtBaseError ? error.constructor.name : "Unverifiable";
