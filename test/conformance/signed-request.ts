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

/** A response as it was received, before an SDK parses it. */
export interface RawResponse {
  status: number;
  headers: Headers;
  body: string;
}

/** How to sign a request. Without it, the request is not signed. */
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
): Promise<RawResponse> {
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

/** Returns the names of the headers in order, without those of the HTTP connection. */
export const headerNames = ({ headers }: RawResponse): string[] =>
  [...headers.keys()].filter((name) => !["connection", "date", "keep-alive"].includes(name));
