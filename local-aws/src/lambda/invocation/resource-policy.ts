import { arnLike } from "../../iam/arn.ts";
import type { LambdaFunction } from "../state.ts";

/** Returns whether a function's resource policy allows a service to invoke it on behalf of a resource. */
export function permits(
  { policy, configuration }: LambdaFunction,
  service: string,
  sourceArn: string,
): boolean {
  return Object.values(policy).some(
    ({ Principal, Action, Resource, Condition }) =>
      Principal.Service === service &&
      (Action === "lambda:InvokeFunction" || Action === "lambda:*") &&
      Resource === configuration.FunctionArn &&
      (Condition === undefined || arnLike(Condition.ArnLike["AWS:SourceArn"], sourceArn)),
  );
}
