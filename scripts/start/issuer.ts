import { randomUUID } from "node:crypto";
import type { Page } from "@websocket-lambda/local-aws";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** An issuer of tokens for stacks with authentication. It issues a token for any subject. */
export interface Issuer {
  /** The JWKS with its public key, for the option `pages` of `createLocalAws`. */
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

/** Creates an issuer with a new key pair, which is only in memory. */
export async function createIssuer(): Promise<Issuer> {
  const kid = randomUUID();
  const { publicKey, privateKey } = await generateKeyPair("ES256");
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid, alg: "ES256" }] });
  return {
    pages: {
      [`${PATH}/.well-known/jwks.json`]: (_request, response) =>
        void response.writeHead(200, { "Content-Type": "application/json" }).end(keys),
    },
    tokenFor: (endpoint, subject, claims = {}) =>
      new SignJWT({
        iss: issuerUrl(endpoint),
        aud: AUDIENCE,
        sub: subject,
        iat: seconds(),
        exp: seconds() + 3600,
        ...claims,
      })
        .setProtectedHeader({ alg: "ES256", kid })
        .sign(privateKey),
  };
}

const seconds = () => Math.floor(Date.now() / 1000);
