import * as v from "valibot";
import { AwsError } from "../protocols/aws-error.ts";
import { defineOperation } from "../protocols/operation.ts";
import type { State } from "../state.ts";

export function userOperations({ state }: { state: State }) {
  return {
    /** Returns the caller. There are no IAM users that could be named. */
    GetUser: defineOperation({
      input: v.strictObject({}),
      resource: (_, { caller }) => caller.arn,
      handle(_, { caller }) {
        if (caller.type === "role")
          throw new AwsError(
            400,
            "ValidationError",
            "Must specify userName when calling with non-User credentials",
          );
        // Our choice: the date, because the account was never created, but a response of IAM needs one.
        const CreateDate = "1970-01-01T00:00:00Z";
        return { User: { UserId: state.accountId, Arn: caller.arn, CreateDate } };
      },
    }),
  };
}
