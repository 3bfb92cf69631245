import { describe, expect, test } from "vitest";
import { blocksOf } from "./hcl.ts";
import { OVERRIDE_FILE, overrideFiles, PROVIDER_FILE } from "./override.ts";

/** Returns the aliases of the configurations in the override. */
const aliasesOf = (files: Record<string, string>) =>
  blocksOf(overrideFiles(files)[OVERRIDE_FILE] ?? "")
    .filter(({ type }) => type === "provider")
    .map(({ strings }) => strings["alias"] ?? "");

test("every configuration of the AWS provider is overridden", () => {
  const main = `
    provider "aws" { # the default {
      profile = "production"
      default_tags {
        tags = { alias = "none" }
      }
    }
    /* provider "aws" { alias = "commented" } */
    provider "aws" {
      alias = "eu" // a "comment"
      region = "\${var.eu ? "eu-west-1" : "}"}"
    }
    provider "other" {
      alias = "other"
    }
    locals {
      text = <<-EOT
        provider "aws" {
          alias = "text"
      EOT
    }
    provider "aws" { alias = "line" }
  `;
  const json = JSON.stringify({ provider: { aws: [{ alias: "json" }] } });
  expect(aliasesOf({ "main.tf": main, "more.tf.json": json })).toEqual(["", "eu", "line", "json"]);
});

describe("the default configuration", () => {
  test("is added if the module has none", () => {
    const files = overrideFiles({ "main.tf": 'provider "aws" {\n  alias = "eu"\n}\n' });
    expect(files[PROVIDER_FILE]).toBe('provider "aws" {}\n');
    expect(aliasesOf({ "main.tf": 'provider "aws" {\n  alias = "eu"\n}\n' })).toEqual(["eu", ""]);
  });

  test("is not added if the module has one", () => {
    expect(overrideFiles({ "main.tf.json": '{"provider":{"aws":{}}}' })).not.toHaveProperty(
      PROVIDER_FILE,
    );
  });
});

test("invalid JSON is ignored, because Terraform reports it", () => {
  expect(aliasesOf({ "main.tf.json": "{" })).toEqual([""]);
});
