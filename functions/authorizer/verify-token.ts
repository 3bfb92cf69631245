import { JwtBaseError } from "aws-jwt-verify/error";
import { decomposeUnverifiedJwt } from "aws-jwt-verify/jwt";
import type { JwtHeader, JwtPayload } from "aws-jwt-verify/jwt-model";
import { JwtVerifier, supportedSignatureAlgorithms } from "aws-jwt-verify/jwt-verifier";
import { CLOCK_LEEWAY } from "../../shared/token.ts";
import { IssuerKeys, KeysUnavailable } from "./issuer-keys.ts";

/** What a token must say to be accepted. */
export interface Expectations {
  /** `iss`, to the letter. */
  issuer: string;
  /** `aud`, or, in a token without, `client_id`, must name one of these. */
  audience: readonly string[];
  /** Where the issuer's keys are. Default: `{issuer}/.well-known/jwks.json`. */
  jwksUrl: string | undefined;
}

/**
 * What became of a token: its `sub`, its `exp` and its other claims. A reason names the check that failed,
 * and nothing of the token.
 */
export type Verification =
  | { subject: string; expiry: number; claims: Readonly<Record<string, unknown>> }
  | { refused: string };

/** @throws {KeysUnavailable} only. If the keys are available, every error makes the token invalid. */
export type VerifyToken = (token: string) => Promise<Verification>;

/** Characters. API Gateway takes 10,240 bytes of headers at most. */
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
      const refused = objectionTo(header);
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
 * Returns why no key could verify a token with this header. It is asked before the token is verified,
 * as the issuer is: the verifier fetches the keys first, and then keeps one for each `iss` and `alg`
 * that a token names, so tokens of strangers would fill the memory.
 */
function objectionTo({ alg, kid, ...others }: JwtHeader): string | undefined {
  const algorithms: readonly (string | undefined)[] = supportedSignatureAlgorithms;
  if (!algorithms.includes(alg)) return "JwtInvalidSignatureAlgorithmError";
  if (!kid) return "JwtWithoutValidKidError";
  // It lists extensions that must be understood, and the verifier understands none.
  // https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11
  return "crit" in others ? "CriticalHeader" : undefined;
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

/** Node.js throws errors of its own for a signature that can't be one of the key's. */
const reasonOf = (error: unknown): string =>
  error instanceof JwtBaseError ? error.constructor.name : "Unverifiable";
