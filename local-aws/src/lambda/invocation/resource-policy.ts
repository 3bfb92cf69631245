import { arnLike } from "../../iam/arn.ts";
import type { PolicyStatement } from "../state.ts";

/** Whether a function's resource policy lets a service invoke it on behalf of a resource. */
export function permits(
  policy: Readonly<Record<string, PolicyStatement>>,
  service: string,
  sourceArn: string,
  functionArn: string,
): boolean {
  return Object.values(policy).some(
    ({ Principal, Action, Resource, Condition }) =>
      Principal.Service === service &&
      (Action === "lambda:InvokeFunction" || Action === "lambda:*") &&
      Resource === functionArn &&
      (Condition === undefined || arnLike(Condition.ArnLike["AWS:SourceArn"], sourceArn)),
  );
}
