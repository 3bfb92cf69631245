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
    return Buffer.byteLength(JSON.stringify(allowed)) > RESPONSE_LIMIT
      ? refuse("ClaimsTooLarge")
      : allowed;
  } catch (error) {
    console.error({ event: "token not checked", connectionId, requestId, error });
    throw error;
  }
}

/**
 * Returns the only error that API Gateway turns into a 401 response. Lambda logs every error, so the
 * stack is removed: it would look like a bug in this function, but the mistake is the client's.
 */
function unauthorized(): Error {
  const error = new Error("Unauthorized");
  error.stack = String(error);
  return error;
}

/** The maximum size of an authorizer's response in bytes. If it is larger, API Gateway responds with 500. */
const RESPONSE_LIMIT = 8 * 1024;

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
