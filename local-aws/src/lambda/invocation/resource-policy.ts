import { arnLike } from "../../iam/arn.ts";
import type { LambdaFunction } from "../state.ts";

/** Whether a function's resource policy lets a service invoke it on behalf of a resource. */
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
