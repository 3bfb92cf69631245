import type { ApiRoute, DeployedApi } from "../apigateway/state.ts";

/** The keys of the routes that no message selects. */
export const LIFE_CYCLE_ROUTES = new Set(["$connect", "$disconnect"]);

export function routeWithKey(api: DeployedApi, routeKey: string): ApiRoute | undefined {
  return Object.values(api.routes).find((route) => route.routeKey === routeKey);
}

/**
 * Returns the route of a message: the one whose key equals the value of the API's route selection
 * expression, or else `$default`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html
 */
export function selectRoute(api: DeployedApi, message: string): ApiRoute | undefined {
  const value = evaluate(api.routeSelectionExpression, message);
  // Our choice, because there is no source: a message cannot select `$connect` or `$disconnect`.
  const selected =
    value === undefined || LIFE_CYCLE_ROUTES.has(value) ? undefined : routeWithKey(api, value);
  return selected ?? routeWithKey(api, "$default");
}

/** Returns the names in `$request.body.path.to.value`, also written `${request.body.…}`; undefined if it is neither. */
export const pathIn = (expression: string): string[] | undefined =>
  /^\$\{?request\.body\.([\w.]+)\}?$/.exec(expression)?.[1]?.split(".");

/** Evaluates `$request.body.path.to.value`, also written `${request.body.…}`. */
function evaluate(expression: string, message: string): string | undefined {
  const path = pathIn(expression);
  if (path === undefined) return undefined;
  let value = parse(message);
  for (const name of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  // Our choice: other values are ignored. AWS documents that they become text, but other emulators ignore
  // them.
  return typeof value === "string" ? value : undefined;
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
