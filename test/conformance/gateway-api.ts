import { expect } from "vitest";
import { uniqueName } from "./account.ts";
import type { Behaviour } from "./behaviour.ts";
import { captured } from "./sources.ts";

/** APIs, routes, integrations, authorizers and stages. */
export const gatewayApi: Behaviour[] = [
  {
    behaviour: "an authorizer has no members that were not set",
    basis: "capture",
    source: captured.authorizerAdmission,
    check: async ({ account: { apigateway, createFunction, region } }) => {
      const { ApiId } = await apigateway.createApi({
        Name: uniqueName(),
        ProtocolType: "WEBSOCKET",
        RouteSelectionExpression: "$request.body.action",
      });
      const { FunctionArn } = await createFunction();
      const input = {
        Name: "defaults",
        AuthorizerType: "REQUEST",
        AuthorizerUri: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations`,
        IdentitySource: ["route.request.header.Authorization"],
      } as const;
      const created = await apigateway.createAuthorizer({
        ApiId,
        ...input,
        IdentitySource: [...input.IdentitySource],
      });
      const { $metadata: _, AuthorizerId, ...members } = created;
      expect(AuthorizerId).toBeTypeOf("string");
      expect(members).toEqual(input);
    },
  },
];
