import { list, optional, required } from "../../shared/environment.ts";
import { allowsOrigin } from "../../shared/handshake.ts";
import type { TokenContext } from "../../shared/token.ts";
import type { AuthorizerEvent, AuthorizerResponse } from "./events.ts";
import { hasBearerHeader, tokensOf } from "./tokens.ts";
import { createVerifyToken } from "./verify-token.ts";

const allowedOrigins = list("ALLOWED_ORIGINS");
const passedClaims = list("JWT_CLAIMS");
const verifyToken = createVerifyToken({
  issuer: required("JWT_ISSUER"),
  audience: list("JWT_AUDIENCE"),
  jwksUrl: optional("JWT_JWKS_URL"),
});

/**
 * Allows a connection that has exactly one valid token.
 * @throws {Error} `Unauthorized` if there is no token: API Gateway responds with 401. `KeysUnavailable`
 * if the token can't be checked: API Gateway responds with 500.
 */
export async function handler(event: AuthorizerEvent): Promise<AuthorizerResponse> {
  const { connectionId, requestId } = event.requestContext;
  const warn = (reason: string) =>
    console.warn({ event: "connection refused", connectionId, requestId, reason });
  const refuse = (reason: string): AuthorizerResponse => {
    warn(reason);
    return decision("Deny", event.methodArn, "unknown");
  };

  if (!allowsOrigin(event.multiValueHeaders, allowedOrigins)) return refuse("OriginNotAllowed");
  const [token, second] = tokensOf(event);
  if (token === undefined) {
    warn(hasBearerHeader(event) ? "TokenInAuthorizationHeader" : "NoToken");
    throw unauthorized();
  }
  if (second !== undefined) return refuse("SeveralTokens");
  try {
    const verification = await verifyToken(token);
    if ("refused" in verification) return refuse(verification.refused);
    const { subject, expiry, claims } = verification;
    const allowed = {
      ...decision("Allow", event.methodArn, subject),
      context: tokenContext(expiry, claims, passedClaims),
    };
    return Buffer.byteLength(JSON.stringify(allowed)) > RESULT_LIMIT
      ? refuse("ClaimsTooLarge")
      : allowed;
  } catch (error) {
    console.error({ event: "token not checked", connectionId, requestId, error });
    throw error;
  }
}

/**
 * API Gateway responds with 401 to this error only, and Lambda logs every error. The stack would show
 * a failure of this function, but the client is at fault.
 */
function unauthorized(): Error {
  const error = new Error("Unauthorized");
  error.stack = String(error);
  return error;
}

/** Bytes of an authorizer's result. API Gateway responds to a larger one with 500. */
const RESULT_LIMIT = 8 * 1024;

function tokenContext(
  exp: number,
  claims: Readonly<Record<string, unknown>>,
  names: readonly string[],
): TokenContext {
  const passed = names.filter((name) => claims[name] !== undefined);
  if (passed.length === 0) return { exp };
  return {
    exp,
    claims: JSON.stringify(Object.fromEntries(passed.map((name) => [name, claims[name]]))),
  };
}

const decision = (
  Effect: "Allow" | "Deny",
  Resource: string,
  principalId: string,
): AuthorizerResponse => ({
  principalId,
  policyDocument: {
    Version: "2012-10-17",
    Statement: [{ Action: "execute-api:Invoke", Effect, Resource }],
  },
});
