import type { Iam } from "../iam/index.ts";
import type { Caller, PermissionCheck } from "../protocols/caller.ts";
import type { State } from "../state.ts";
import { queueOfArn } from "./queue-lookup.ts";

type Access = Pick<Iam, "allows" | "authorize">;

/**
 * Creates a permission check that uses the policies of the caller and that of the queue. The error of SQS
 * has the action in lower case.
 * @see https://github.com/RaiderIO/keystone.guru/issues/3901
 */
export const queueAuthorization =
  (iam: Access, state: State): PermissionCheck =>
  (caller, action, resource, request) =>
    iam.authorize(caller, action.toLowerCase(), resource, request, policyOf(state, resource));

/** Returns whether the policies of a caller or that of the queue allow an action. */
export const isAllowedOnQueue = (
  { iam, state }: { iam: Access; state: State },
  caller: Caller,
  action: string,
  queueArn: string,
): boolean => iam.allows(caller, action, queueArn, policyOf(state, queueArn));

const policyOf = (state: State, queueArn: string) =>
  queueOfArn(state, queueArn)?.attributes["Policy"];
