import { expect, test } from "vitest";
import { checkProviderVersion } from "./provider-version.ts";

const check = (version: string, name = "registry.terraform.io/hashicorp/aws") =>
  checkProviderVersion(JSON.stringify({ provider_selections: { [name]: version } }));

test.for(["5.68.0", "5.100.0", "6.0.0", "6.0.0-beta1"])("version %s is accepted", (version) => {
  expect(() => check(version)).not.toThrow();
  expect(() => check(version, "registry.opentofu.org/hashicorp/aws")).not.toThrow();
});

test.for(["3.76.1", "4.67.0", "5.9.0", "5.67.0", "5.68.0-beta1"])(
  "version %s is refused, with instructions",
  (version) => {
    expect(() => check(version)).toThrow(
      new RegExp(`^Version ${version} .* instead of the local AWS.*terraform init -upgrade\\.$`),
    );
  },
);

test("a folder without the AWS provider is refused", () => {
  expect(() => checkProviderVersion('{"provider_selections":{}}')).toThrow(
    "does not use the Terraform provider hashicorp/aws",
  );
});
