/** What an opening handshake says about who opens the connection, in the headers that browsers set. */

/** The headers of a handshake as API Gateway passes them: names as the client wrote them, every value. */
export type HandshakeHeaders = Readonly<Record<string, readonly string[] | undefined>> | undefined;

/** @param name in lower case. */
const valuesOf = (headers: HandshakeHeaders, name: string): string[] =>
  Object.entries(headers ?? {})
    .filter(([written]) => written.toLowerCase() === name)
    .flatMap(([, values = []]) => values);

/**
 * The subprotocol that clients speak. A browser sends a token as a second one, for it can set no
 * other header, and then insists that the answer names one of the two.
 */
export const SUBPROTOCOL = "websocket-lambda";

/** The subprotocols that a client offers, in its order. */
export const offeredSubprotocols = (headers: HandshakeHeaders): string[] =>
  valuesOf(headers, "sec-websocket-protocol")
    .flatMap((value) => value.split(","))
    .map((name) => name.trim())
    .filter((name) => name !== "");

/**
 * Whether a page of this origin may connect. An empty list allows every origin; clients that aren't
 * browsers send no `Origin` and pass.
 */
export function allowsOrigin(
  headers: HandshakeHeaders,
  allowedOrigins: readonly string[],
): boolean {
  const origins = valuesOf(headers, "origin");
  return allowedOrigins.length === 0 || origins.every((origin) => allowedOrigins.includes(origin));
}
