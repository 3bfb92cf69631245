import { randomUUID } from "node:crypto";
import type { Page } from "@websocket-lambda/local-aws";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** An issuer of tokens, for stacks with authentication. It asks nobody for a password. */
export interface Issuer {
  /** The keys, where its URL says they are. */
  pages: Readonly<Record<string, Page>>;
  /**
   * A token for a subject, good for an hour.
   * @param claims add to the usual ones, or replace them.
   */
  tokenFor(endpoint: string, subject: string, claims?: JWTPayload): Promise<string>;
}

/** The audience of its tokens, which the stack with authentication expects. */
export const AUDIENCE = "websocket-lambda";

const PATH = "/_local/issuer";

/** `iss`: the issuer's URL on a local AWS at this endpoint. */
export const issuerUrl = (endpoint: string): string => `${endpoint}${PATH}`;

/** Makes an issuer with a key pair of its own, which is gone with it. */
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
