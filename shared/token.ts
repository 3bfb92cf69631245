/** What the authorizer and the websocket-handler have to know alike about the token of a connection. */

/** Seconds by which the clock of an issuer may differ: some set `nbf` to the time of signing. */
export const CLOCK_LEEWAY = 5;

/**
 * What the authorizer says of a client, and API Gateway passes with every event of its connection. API
 * Gateway turns the numbers in it into strings, and accepts neither objects nor lists.
 */
export interface TokenContext {
  /** The claim `exp`: seconds since 1970. */
  exp: string | number;
  /** The claims that `jwt_claims` names and the token has, as a JSON object. Absent if there are none. */
  claims?: string;
}
