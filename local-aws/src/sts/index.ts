import * as v from "valibot";
import { defineOperation, type Service } from "../protocols/operation.ts";
import { queryProtocol } from "../protocols/query-protocol.ts";
import type { Caller } from "../protocols/caller.ts";
import type { State } from "../state.ts";

/** STS, for the one question that every AWS tool begins with: who am I? */
export function createSts({ state }: { state: State }): { service: Service } {
  const service = queryProtocol({
    // No permission is needed, and none can be taken away.
    // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    authorize: () => {},
    prefix: "sts",
    version: "2011-06-15",
    namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    operations: {
      GetCallerIdentity: defineOperation({
        input: v.strictObject({}),
        handle: (_, { caller }) => ({
          Arn: caller.arn,
          UserId: userId(state, caller),
          Account: state.accountId,
        }),
      }),
    },
  });
  return { service };
}

/** The account's id for its root, `{role id}:{session}` for a role. */
function userId(state: State, caller: Caller): string {
  if (caller.type === "administrator") return state.accountId;
  const sessionName = caller.arn.split("/").at(-1) ?? "";
  // Credentials outlive their role.
  return `${state.iam.roles[caller.roleName]?.RoleId ?? caller.roleName}:${sessionName}`;
}
