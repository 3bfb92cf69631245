/**
 * An Amazon Resource Name: `arn:partition:service:region:account-id:resource`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export interface Arn {
  partition: string;
  service: string;
  /** Empty for a global service. */
  region: string;
  accountId: string;
  /** It can contain colons, as in `function:name`. */
  resource: string;
}

/** Returns the parts of an ARN, or undefined if the text is not an ARN. */
export function parseArn(text: string): Arn | undefined {
  const [prefix, partition, service, region, accountId, ...resource] = text.split(":");
  if (
    prefix !== "arn" ||
    partition === undefined ||
    service === undefined ||
    region === undefined ||
    accountId === undefined ||
    resource.length === 0
  )
    return undefined;
  return { partition, service, region, accountId, resource: resource.join(":") };
}
