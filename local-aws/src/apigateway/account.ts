import * as v from "valibot";
import { only } from "../protocols/only.ts";
import type { Route } from "../protocols/rest-json-protocol.ts";
import type { Iam } from "../iam/index.ts";
import { isAssumableBy } from "../iam/trust-policy.ts";
import { regionOf, type State } from "../state.ts";
import { type ControlPlane, controlRoute } from "./control-route.ts";
import { badRequest } from "./identifiers.ts";

const updateInput = v.strictObject({
  patchOperations: v.array(
    v.strictObject({
      op: only("op", "replace"),
      path: only("path", "/cloudwatchRoleArn"),
      /** The ARN of a role. An empty or missing value removes the role of the account. */
      value: v.exactOptional(v.string(), ""),
    }),
  ),
});

/**
 * Returns the routes for the account of API Gateway (API version 1). WebSocket APIs need one of its
 * settings, the role for logs.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateAccount.html
 */
export function accountRoutes({ state }: ControlPlane, iam: Iam): Route[] {
  return [
    controlRoute({
      name: "GetAccount",
      method: "GET",
      path: "/account",
      input: v.strictObject({}),
      handle: (_, region) => describe(state, region),
    }),
    controlRoute({
      name: "UpdateAccount",
      method: "PATCH",
      path: "/account",
      input: updateInput,
      handle({ patchOperations }, region) {
        const account = regionOf(state, region).apigateway;
        for (const { value } of patchOperations) {
          if (value === "") {
            delete account.cloudwatchRoleArn;
          } else {
            checkRole(state, iam, region, value);
            account.cloudwatchRoleArn = value;
          }
        }
        return describe(state, region);
      },
    }),
  ];
}

const describe = (state: State, region: string) => {
  const { cloudwatchRoleArn } = regionOf(state, region).apigateway;
  return {
    ...(cloudwatchRoleArn !== undefined && { cloudwatchRoleArn }),
    throttleSettings: { burstLimit: 5000, rateLimit: 10_000 },
    features: ["UsagePlans"],
    apiKeyVersion: "4",
  };
};

/**
 * Checks that API Gateway can write logs with the role. AWS writes to a separate log group to check it.
 *
 * Our choice: the role must allow these three actions, and no log group is created.
 */
function checkRole(state: State, iam: Iam, region: string, roleArn: string): void {
  const stream = `arn:aws:logs:${region}:${state.accountId}:log-group:/aws/apigateway/welcome:log-stream:welcome`;
  const actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
  const mayWrite = () => {
    const session = iam.sessionOf(roleArn, "apigateway");
    return actions.every((action) => iam.allows(session, action, stream));
  };
  if (!isAssumableBy(state.iam, roleArn, "apigateway.amazonaws.com") || !mayWrite())
    throw badRequest(
      "The role ARN does not have required permissions configured. Please grant trust permission for API Gateway and add the required role policy.",
    );
}
