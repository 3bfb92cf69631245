import type { IncomingMessage } from "node:http";
import { contextVariable } from "./context-variable.ts";
import { type ConnectionFacts, queryOf, type RequestContext } from "./events.ts";

const SOURCE =
  /^(route\.request\.header|route\.request\.querystring|stageVariables|context)\.(.+)$/;

/**
 * Variables of the context that API Gateway does not accept as identity sources, although the event has
 * them: in a capture, the response is 401 for each.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/websocket_lambda_authorizers.json
 */
const NO_SOURCES = new Set(["eventType", "messageDirection"]);

/**
 * Returns the value of an identity source in a request. It is undefined or empty if there is none.
 * @param source `route.request.header.{name}`, `route.request.querystring.{name}`,
 * `stageVariables.{name}` or `context.{name}`.
 */
export function identityAt(
  source: string,
  { stageVariables = {} }: ConnectionFacts,
  context: RequestContext,
  { headersDistinct, url = "" }: IncomingMessage,
): string | undefined {
  const [, kind, name = ""] = SOURCE.exec(source) ?? [];
  switch (kind) {
    case "route.request.header":
      return headersDistinct[name.toLowerCase()]?.at(-1);
    case "route.request.querystring":
      return new Map(queryOf(url)).get(name)?.at(-1);
    case "stageVariables":
      return new Map(Object.entries(stageVariables)).get(name);
    default:
      return NO_SOURCES.has(name) ? undefined : contextVariable(context, name.split("."));
  }
}
