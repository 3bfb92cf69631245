/** Checks which versions of the AWS provider can be used with a local AWS. */
import { UsageError } from "../command-options.ts";

/**
 * The first version that sends all requests to `AWS_ENDPOINT_URL`. Some services of earlier versions use
 * version 1 of the AWS SDK for Go, which does not read the variable, so their requests can reach AWS.
 * Since this version, the provider itself reads the variable for them:
 * https://github.com/hashicorp/terraform-provider-aws/pull/39329 (September 13, 2024). For services with
 * version 2 of the SDK, see https://github.com/hashicorp/aws-sdk-go-base/pull/840.
 */
export const FIRST_PROVIDER_VERSION = "5.68.0";

/**
 * Checks the version of the AWS provider that Terraform has selected.
 * @param output the output of `terraform version -json`, after `terraform init`.
 * @throws {UsageError} if the provider would send requests to AWS, or if there is none.
 */
export function checkProviderVersion(output: string): void {
  const parsed: { provider_selections?: Record<string, string> } = JSON.parse(output);
  const selections = Object.entries(parsed.provider_selections ?? {});
  const [, version] = selections.find(([name]) => name.endsWith("/hashicorp/aws")) ?? [];
  if (version === undefined)
    throw new UsageError("The folder does not use the Terraform provider hashicorp/aws.");
  if (isOlder(version, FIRST_PROVIDER_VERSION))
    throw new UsageError(
      `Version ${version} of the Terraform provider hashicorp/aws can send requests to AWS instead of the local AWS. ` +
        `Use version ${FIRST_PROVIDER_VERSION} or newer: change the version in required_providers, and run terraform init -upgrade.`,
    );
}

/**
 * Returns whether a version is older than another one. A pre-release, such as `5.68.0-beta1`, is older
 * than its release.
 */
function isOlder(version: string, other: string): boolean {
  const [numbers = ""] = version.split(/[-+]/);
  const order = numbers.localeCompare(other, "en", { numeric: true });
  return order < 0 || (order === 0 && version.includes("-"));
}
