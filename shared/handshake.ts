/** Reads the headers of a handshake: the origin and the subprotocols. */

/** The headers of a handshake as API Gateway passes them: names in the client's case, with all values. */
export type HandshakeHeaders = Readonly<Record<string, readonly string[] | undefined>> | undefined;

/** @param name in lower case. */
const valuesOf = (headers: HandshakeHeaders, name: string): string[] =>
  Object.entries(headers ?? {})
    .filter(([key]) => key.toLowerCase() === name)
    .flatMap(([, values = []]) => values);

/**
 * The subprotocol of this protocol. A browser sends a token as a second subprotocol, because it can't
 * set other headers. It then requires the response to select one of the two.
 */
export const SUBPROTOCOL = "websocket-lambda";

/** Returns the subprotocols that a client offers, in its order. */
export const offeredSubprotocols = (headers: HandshakeHeaders): string[] =>
  valuesOf(headers, "sec-websocket-protocol")
    .flatMap((value) => value.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");

/**
 * Returns whether the origin of a handshake is allowed. An empty list allows every origin. Clients
 * that are not browsers send no `Origin` and are allowed.
 */
export function allowsOrigin(
  headers: HandshakeHeaders,
  allowedOrigins: readonly string[],
): boolean {
  const origins = valuesOf(headers, "origin");
  return allowedOrigins.length === 0 || origins.every((origin) => allowedOrigins.includes(origin));
}
