import * as v from "valibot";
import type { Caller } from "../protocols/caller.ts";
import type { ControlPlane } from "./control-route.ts";
import { badRequest } from "./identifiers.ts";

const ROLE_ARN = /^arn:aws:iam::\d{12}:role\/.+$/;

/**
 * The ARN of the role with which API Gateway invokes a function. As captured on AWS, the role does not
 * have to exist, and an empty ARN means no role.
 * @see https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/apigateway/v2_integration_credentials.json
 */
export const roleArn = v.pipe(
  v.string(),
  v.check((arn) => {
    if (arn !== "" && !ROLE_ARN.test(arn)) throw badRequest("Invalid role ARN");
    return true;
  }),
);

/**
 * Checks that the caller is allowed to pass the role, if there is one.
 * @throws {AwsError} 403 AccessDeniedException.
 */
export function checkPassRole({ iam }: ControlPlane, caller: Caller, arn: string = ""): void {
  if (arn !== "") iam.authorize(caller, "iam:PassRole", arn);
}
