import type { IncomingMessage } from "node:http";

type Headers = Pick<IncomingMessage, "headers">;

/**
 * Whether a request asks for this machine by a name of its own. A page of another site can have its
 * name resolve to 127.0.0.1, and the browser then takes the local AWS for that site; but it still
 * sends that name.
 */
export const hasLoopbackHost = ({ headers: { host = "" } }: Headers): boolean =>
  // A host and a port; not the rest of what a URL may have around them.
  !/[@/?#\\]/.test(host) && isLoopback(`http://${host}`);

/** Whether a request comes from a page of another machine's site. What is no browser sends no origin. */
export const hasForeignOrigin = ({ headers }: Headers): boolean =>
  headers.origin !== undefined && !isLoopback(headers.origin);

/** Browsers resolve names under `localhost` to this machine, whoever is asked for them. */
function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
