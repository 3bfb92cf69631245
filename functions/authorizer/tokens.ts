import { offeredSubprotocols, SUBPROTOCOL } from "../../shared/handshake.ts";
import type { AuthorizerEvent } from "./events.ts";

/**
 * Every token of a handshake: what is offered as a subprotocol beside the one that clients speak, and
 * the query parameter `token`, for clients that can't choose subprotocols.
 */
export const tokensOf = (event: AuthorizerEvent): string[] => [
  ...offeredSubprotocols(event.multiValueHeaders).filter((name) => name !== SUBPROTOCOL),
  ...(event.multiValueQueryStringParameters?.["token"] ?? []).filter((token) => token !== ""),
];

/** Whether a client sends a token as HTTP APIs expect it, where this authorizer does not look. */
export const hasBearerHeader = ({ multiValueHeaders = {} }: AuthorizerEvent): boolean =>
  Object.entries(multiValueHeaders).some(
    ([name, values = []]) =>
      name.toLowerCase() === "authorization" && values.some((value) => /^bearer\b/i.test(value)),
  );
