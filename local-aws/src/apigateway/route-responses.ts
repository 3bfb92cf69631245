import * as v from "valibot";
import { only } from "../protocols/only.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { autoDeploy } from "./deployments.ts";
import { conflict, findApi, findPart, newId } from "./identifiers.ts";
import { findRoute } from "./routes.ts";

const routeInput = v.strictObject({ apiId: v.string(), routeId: v.string() });

const responseInput = v.strictObject({ ...routeInput.entries, routeResponseId: v.string() });

const routeResponseKey = only("routeResponseKey", "$default");

/** @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid-routeresponses.html */
export function routeResponseRoutes({ state, clock }: ControlPlane): Route[] {
  const collection = "/v2/apis/{apiId}/routes/{routeId}/routeresponses";
  const path = `${collection}/{routeResponseId}`;
  const find = (region: string, input: v.InferOutput<typeof routeInput>) => {
    const api = findApi(state, region, input.apiId);
    return { api, responses: findRoute(api, input.routeId).routeResponses };
  };
  const get = (region: string, input: v.InferOutput<typeof responseInput>) =>
    findPart(find(region, input).responses, "RouteResponse", input.routeResponseId);
  return [
    controlRoute({
      name: "CreateRouteResponse",
      method: "POST",
      path: collection,
      status: 201,
      input: v.strictObject({ ...routeInput.entries, routeResponseKey }),
      handle(input, region) {
        const { api, responses } = find(region, input);
        // Our choice, because there is no source: the message.
        if (Object.keys(responses).length > 0)
          throw conflict("RouteResponse with key $default already exists for this Route");
        const response = { routeResponseId: newId(7), routeResponseKey: input.routeResponseKey };
        responses[response.routeResponseId] = response;
        autoDeploy(api, clock);
        return response;
      },
    }),
    controlRoute({
      name: "GetRouteResponses",
      method: "GET",
      path: collection,
      input: routeInput,
      handle: (input, region) => ({ items: Object.values(find(region, input).responses) }),
    }),
    controlRoute({
      name: "GetRouteResponse",
      method: "GET",
      path,
      input: responseInput,
      handle: (input, region) => get(region, input),
    }),
    controlRoute({
      name: "UpdateRouteResponse",
      method: "PATCH",
      path,
      input: v.strictObject({
        ...responseInput.entries,
        routeResponseKey: v.exactOptional(routeResponseKey),
      }),
      handle: (input, region) => get(region, input),
    }),
    controlRoute({
      name: "DeleteRouteResponse",
      method: "DELETE",
      path,
      status: 204,
      input: responseInput,
      handle(input, region) {
        const { api, responses } = find(region, input);
        get(region, input);
        delete responses[input.routeResponseId];
        autoDeploy(api, clock);
      },
    }),
  ];
}
