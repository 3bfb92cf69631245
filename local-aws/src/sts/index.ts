import * as v from "valibot";
import { defineOperation, type Service } from "../protocols/operation.ts";
import { queryProtocol } from "../protocols/query-protocol.ts";
import { userIdOf } from "../iam/user-id.ts";
import type { State } from "../state.ts";

/** Creates STS with the operation GetCallerIdentity, which most AWS tools call first. */
export function createSts({ state }: { state: State }): { service: Service } {
  const service = queryProtocol({
    // GetCallerIdentity needs no permission, and cannot be denied.
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
          UserId: userIdOf(state, caller),
          Account: state.accountId,
        }),
      }),
    },
  });
  return { service };
}
