import type { Caller } from "../protocols/caller.ts";

/** A request as received, for the check of its signature. */
export interface SignedRequest {
  method: string;
  /** Path with query string, as sent. */
  url: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** What the signature of a request says. */
export interface Authentication {
  caller: Caller;
  /** The service and the region that the request was signed for. */
  service: string;
  region: string;
}
