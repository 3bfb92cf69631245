import { LIFE_CYCLE_ROUTES, pathIn } from "../../execute-api/route-selection.ts";

/** A message that selects `$default`, because it is not JSON. */
const TEXT = "hello";

/**
 * Returns a message that selects a route, such as `{"action":"join"}` for the route `join` and the
 * expression `$request.body.action`. Returns undefined if no message selects the route.
 */
export function messageFor(routeKey: string, routeSelectionExpression: string): string | undefined {
  if (LIFE_CYCLE_ROUTES.has(routeKey)) return undefined;
  if (routeKey === "$default") return TEXT;
  const path = pathIn(routeSelectionExpression);
  if (path === undefined) return undefined;
  return JSON.stringify(path.reduceRight<unknown>((value, name) => ({ [name]: value }), routeKey));
}

/** Returns route keys in the order of the page: by name, and the keys of API Gateway last. */
export const inOrder = (routeKeys: readonly string[]): string[] =>
  routeKeys.toSorted((a, b) => rank(a) - rank(b) || a.localeCompare(b));

const rank = (routeKey: string) => 1 + ["$default", "$connect", "$disconnect"].indexOf(routeKey);
