import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface Request {
  method: string;
  url: string;
  headers?: Record<string, string>;
  body?: Buffer;
}

/** An answer as it came over the wire, not as an SDK reads it. */
export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

/** How a request is to be signed; without it, it isn't. */
export interface Signing {
  service: string;
  region: string;
  credentials: Credentials;
  /** Milliseconds since the epoch. Default: now. */
  time?: number;
}

export async function request(
  { method, url, headers = {}, body }: Request,
  signing?: Signing,
): Promise<Answer> {
  const signed = signing
    ? await sign({ method, url, headers, ...(body && { body }) }, signing)
    : headers;
  const response = await fetch(url, {
    method,
    headers: signed,
    ...(body && { body: Uint8Array.from(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

async function sign(
  { method, url, headers, body }: Request,
  { service, region, credentials, time = Date.now() }: Signing,
): Promise<Record<string, string>> {
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 });
  const unsigned = {
    method,
    protocol,
    hostname,
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { ...headers, host },
    body,
  };
  const signed = await signer.sign(unsigned, { signingDate: new Date(time) });
  return signed.headers;
}

/** The names of the headers in their order, without those of the HTTP connection itself. */
export const headerNames = ({ headers }: Answer): string[] =>
  [...headers.keys()].filter((name) => !["connection", "date", "keep-alive"].includes(name));
