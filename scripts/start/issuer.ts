import { randomUUID } from "node:crypto";
import type { Page } from "@websocket-lambda/local-aws";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { printable } from "../printable.ts";

/** An issuer of tokens for stacks with authentication. It issues a token for any subject. */
export interface Issuer {
  /**
   * The JWKS with its public key, and `/_local/issuer/token`, which returns a token. For the option
   * `pages` of `createLocalAws`.
   */
  pages: Readonly<Record<string, Page>>;
  /**
   * Returns a JWT that expires in one hour.
   * @param endpoint the URL of the local AWS that serves `pages`.
   * @param claims are added to the default claims, or replace them.
   */
  tokenFor(endpoint: string, subject: string, claims?: JWTPayload): Promise<string>;
}

/** The audience of the tokens, which the stack `authenticated` requires. */
export const AUDIENCE = "websocket-lambda";

const PATH = "/_local/issuer";

/** Returns the URL of the issuer on a local AWS with this endpoint: the claim `iss` of its tokens. */
export const issuerUrl = (endpoint: string): string => `${endpoint}${PATH}`;

/** Creates an issuer with a new key pair in memory. */
export async function createIssuer(): Promise<Issuer> {
  const kid = randomUUID();
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: "ES256" }] });
  const tokenFor: Issuer["tokenFor"] = (endpoint, subject, claims = {}) =>
    new SignJWT({
      iss: issuerUrl(endpoint),
      aud: AUDIENCE,
      sub: subject,
      iat: seconds(),
      exp: seconds() + 3600,
      ...claims,
    })
      .setProtectedHeader({ alg: "ES256", kid })
      .sign(privateKey);
  return {
    pages: {
      [`${PATH}/.well-known/jwks.json`]: (_request, response) =>
        void response.writeHead(200, { "Content-Type": "application/json" }).end(keys),
      [`${PATH}/token`]: async ({ url = "", socket }, response) => {
        const request = readTokenRequest(new URLSearchParams(url.split("?", 2)[1]));
        const text =
          "mistake" in request
            ? request.mistake
            : await tokenFor(
                `http://localhost:${socket.localPort}`,
                request.subject,
                request.claims,
              );
        response
          .writeHead("mistake" in request ? 400 : 200, { "Content-Type": "text/plain" })
          .end(`${text}\n`);
      },
    },
    tokenFor,
  };
}

/** Reads the query string of a request for a token. */
function readTokenRequest(
  query: URLSearchParams,
): { subject: string; claims: JWTPayload } | { mistake: string } {
  const unknown = [...query.keys()].find((name) => !["sub", "lifetime", "claims"].includes(name));
  if (unknown !== undefined)
    return {
      mistake: `Unknown parameter "${printable(unknown)}". The parameters are sub, lifetime (seconds) and claims (a JSON object).`,
    };
  const lifetime = query.get("lifetime") ?? "3600";
  if (!/^-?\d{1,10}$/.test(lifetime))
    return {
      mistake: `lifetime must be a whole number of seconds, not "${printable(lifetime)}". A token with a negative lifetime has expired.`,
    };
  const claims = readClaims(query.get("claims") ?? "{}");
  if (claims === undefined)
    return { mistake: 'claims must be a JSON object, such as {"role":"admin"}.' };
  return {
    subject: query.get("sub") ?? "ada",
    claims: { exp: seconds() + Number(lifetime), ...claims },
  };
}

/** @returns undefined if the text is not a JSON object. */
function readClaims(text: string): JWTPayload | undefined {
  try {
    const claims: unknown = JSON.parse(text);
    return typeof claims === "object" && claims !== null && !Array.isArray(claims)
      ? { ...claims }
      : undefined;
  } catch {
    return undefined;
  }
}

const seconds = () => Math.floor(Date.now() / 1000);
