import type { IncomingMessage } from "node:http";

type Headers = Pick<IncomingMessage, "headers">;

/**
 * Returns whether the `Host` of a request is a name of this machine. The name of another site can resolve to
 * 127.0.0.1 (DNS rebinding). The browser then treats the local AWS as that site, but sends its name.
 */
export const hasLoopbackHost = ({ headers: { host = "" } }: Headers): boolean =>
  // The usual names, because parsing a URL takes longer than the rest of the routing.
  /^(?:localhost|127\.0\.0\.1|\[::1\])(?::[1-5]?\d{1,4})?$/.test(host) ||
  // A host and a port; not the rest of what a URL may have around them.
  (!/[@/?#\\]/.test(host) && isLoopback(`http://${host}`));

/** Returns whether a request comes from a page of another site. Clients other than browsers send no origin. */
export const hasForeignOrigin = ({ headers }: Headers): boolean =>
  headers.origin !== undefined && !isLoopback(headers.origin);

/** Browsers resolve names under `localhost` to this machine without DNS. */
function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
