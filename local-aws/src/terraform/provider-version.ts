/** Which versions of the AWS provider send their requests to a local AWS. */
import { UsageError } from "../command-options.ts";

/**
 * The services of earlier versions that use version 1 of AWS's SDK for Go, which does not read
 * `AWS_ENDPOINT_URL`, may send their requests to AWS. By this version, the provider reads the variable for
 * them: https://github.com/hashicorp/terraform-provider-aws/pull/39329 (September 13, 2024). For those
 * with version 2 of the SDK, see https://github.com/hashicorp/aws-sdk-go-base/pull/840.
 */
export const FIRST_PROVIDER_VERSION = "5.68.0";

/**
 * Checks the version of the AWS provider that Terraform has selected.
 * @param output of `terraform version -json`, after `terraform init`.
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

/** A pre-release, such as `5.68.0-beta1`, precedes its release. */
function isOlder(version: string, other: string): boolean {
  const [numbers = ""] = version.split(/[-+]/);
  const order = numbers.localeCompare(other, "en", { numeric: true });
  return order < 0 || (order === 0 && version.includes("-"));
}
