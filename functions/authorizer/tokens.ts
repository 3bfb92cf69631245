import { offeredSubprotocols, SUBPROTOCOL } from "../../shared/handshake.ts";
import type { AuthorizerEvent } from "./events.ts";

/**
 * Returns every token of a handshake: the subprotocols that the client offers in addition to
 * `websocket-lambda`, and the query parameter `token`, for clients that can't set subprotocols.
 */
export const tokensOf = (event: AuthorizerEvent): string[] => [
  ...offeredSubprotocols(event.multiValueHeaders).filter((name) => name !== SUBPROTOCOL),
  ...(event.multiValueQueryStringParameters?.["token"] ?? []).filter((token) => token !== ""),
];

/**
 * Whether a client sends a bearer token in the `Authorization` header, as HTTP APIs expect it. This
 * authorizer does not accept it there.
 */
export const hasBearerHeader = ({ multiValueHeaders = {} }: AuthorizerEvent): boolean =>
  Object.entries(multiValueHeaders).some(
    ([name, values = []]) =>
      name.toLowerCase() === "authorization" && values.some((value) => /^bearer\b/i.test(value)),
  );
