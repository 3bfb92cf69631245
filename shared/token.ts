/** Constants and types about tokens, for the authorizer and the websocket-handler. */

/** The clock difference in seconds that is tolerated. Some issuers set `nbf` to the time of signing. */
export const CLOCK_LEEWAY = 5;

/**
 * The context that the authorizer returns for a client. API Gateway passes it with every event of the
 * connection. It turns numbers into strings, and accepts neither objects nor lists.
 */
export interface TokenContext {
  /** The claim `exp`: seconds since 1970. */
  exp: string | number;
  /** The claims that `jwt_claims` names and the token has, as a JSON object. Absent if there are none. */
  claims?: string;
}
