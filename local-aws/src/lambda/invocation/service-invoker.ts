import type { Iam } from "../../iam/index.ts";
import { isAssumableBy } from "../../iam/trust-policy.ts";
import type { State } from "../../state.ts";
import type { LambdaFunction } from "../state.ts";
import { permits } from "./resource-policy.ts";

/** Another AWS service that invokes a function. */
export interface ServiceInvoker {
  /** Such as `apigateway.amazonaws.com`. */
  service: string;
  /** The resource of the service that the invocation belongs to. */
  sourceArn: string;
  /** The role that the service assumes. Default: none, so the function's resource policy applies. */
  roleArn?: string | undefined;
}

/**
 * Returns whether a service may invoke a function. With a role, the role must trust the service, and its policies
 * must allow `lambda:InvokeFunction`; the function's resource policy does not apply.
 */
export function mayInvoke(
  { state, iam }: { state: State; iam: Iam },
  target: LambdaFunction,
  { service, sourceArn, roleArn }: ServiceInvoker,
): boolean {
  if (roleArn === undefined) return permits(target, service, sourceArn);
  if (!isAssumableBy(state.iam, roleArn, service)) return false;
  const session = iam.sessionOf(roleArn, service);
  return iam.allows(session, "lambda:InvokeFunction", target.configuration.FunctionArn);
}
