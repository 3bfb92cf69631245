const PARTITION = /^(\*|aws(-cn|-us-gov|-iso(-[a-z])?|-eusc)?)$/;

const IAM_PATHS = [
  ...["user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/"],
  ...["server-certificate/", "policy/", "sms-mfa/", "saml-provider/", "oidc-provider/"],
  ...["report/", "access-report/"],
];

/**
 * Returns the resource of an identity-based policy with `*` in place of missing parts: `arn:aws:sqs`
 * becomes `arn:aws:sqs:*:*:*`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function completeArn(resource: string): string {
  const [, ...parts] = resource.split(":");
  return ["arn", ...parts, ...Array<string>(Math.max(0, 5 - parts.length)).fill("*")].join(":");
}

/**
 * Returns AWS's error message for a resource, or undefined for a valid one. As recorded:
 * https://github.com/getmoto/moto/blob/0af643a5dbfc98797f08ee64f5be3ef8002d56ff/tests/test_iam/test_iam_policies.py
 */
export function resourceError(resource: string): string | undefined {
  if (resource === "*") return undefined;
  const [, partition, service, region = "", , ...rest] = resource.split(":");
  if (partition === undefined) return `Resource ${resource} must be in ARN format or "*".`;
  if (!PARTITION.test(partition))
    return `Partition "${partition}" is not valid for resource "${completeArn(resource)}".`;
  if (service === undefined)
    return "Resource vendor must be fully qualified and cannot contain regexes.";
  const id = rest.join(":");
  if (service === "s3" && region !== "" && !id.startsWith("accesspoint/"))
    return `Resource ${resource} can not contain region information.`;
  if (service !== "iam") return undefined;
  if (region !== "") return `IAM resource ${resource} cannot contain region information.`;
  if (id === "*" || IAM_PATHS.some((path) => id.startsWith(path))) return undefined;
  return `IAM resource path must either be "*" or start with ${IAM_PATHS.join(", ")}.`;
}

/** Returns whether a resource that is otherwise valid fails the older parser of AWS. */
export function failsLegacyParsing(resource: string): boolean {
  if (resource === "*") return false;
  const parts = resource.split(":");
  return parts[2] === "" || (parts.length < 6 && resource.includes("::"));
}
