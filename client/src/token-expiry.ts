/**
 * Returns when a token expires, in milliseconds since 1970. `Infinity` without a token, and for a token
 * that is not a JWT with the claim `exp`. Does not verify the token.
 */
export function expiryOf(token = ""): number {
  try {
    const payload = token.split(".")[1] ?? "";
    const { exp } = JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")));
    return typeof exp === "number" ? exp * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}
