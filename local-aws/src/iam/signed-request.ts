import type { Caller } from "../protocols/caller.ts";

/** A received request, for the check of its signature. */
export interface SignedRequest {
  method: string;
  /** The path and the query string, as sent. */
  url: string;
  headers: Readonly<Record<string, string | undefined>>;
  body: Buffer;
}

/** The information in the signature of a request. */
export interface Authentication {
  caller: Caller;
  /** The service and the region that the request was signed for. */
  service: string;
  region: string;
}
