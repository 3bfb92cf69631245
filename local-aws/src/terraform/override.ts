/** The files that point a root module to a local AWS. */
import { blocksOf } from "./hcl.ts";

/** Sorts after every other override file, because Terraform applies them by their names. */
export const OVERRIDE_FILE = "zzz_local_aws_override.tf";
export const PROVIDER_FILE = "zzz_local_aws.tf";

/**
 * Returns the files to add to a root module, by name: the state is in the folder, and every
 * configuration of the AWS provider has the administrator's key of the local AWS and cannot access
 * another account. The endpoint of all services comes from the environment.
 * @param files the `.tf` and `.tf.json` files of the module, by name.
 */
export function overrideFiles(files: Readonly<Record<string, string>>): Record<string, string> {
  const aliases = new Set(Object.entries(files).flatMap(([name, text]) => aliasesIn(name, text)));
  const providers = [...aliases].map((alias) => providerBlock(alias)).join("");
  return {
    // An override needs a block to override. An empty block has the same effect as no block.
    ...(!aliases.has("") && { [PROVIDER_FILE]: 'provider "aws" {}\n' }),
    [OVERRIDE_FILE]: BACKEND + providers + (aliases.has("") ? "" : providerBlock("")),
  };
}

const BACKEND = `terraform {
  backend "local" {}
}
`;

/** A dynamic block without elements replaces all blocks of its type. */
const noBlock = (type: string) => `  dynamic "${type}" {
    for_each = []
    content {}
  }
`;

const providerBlock = (alias: string) => `
provider "aws" {
${alias === "" ? "" : `  alias                    = "${alias}"\n`}  profile                  = null
  access_key               = "test"
  secret_key               = "test"
  token                    = null
  shared_config_files      = []
  shared_credentials_files = []
  allowed_account_ids      = null
  forbidden_account_ids    = null
  s3_use_path_style        = true
${["assume_role", "assume_role_with_web_identity", "endpoints"].map(noBlock).join("")}}
`;

/**
 * Returns the aliases of the configurations of the AWS provider in a file. That of the default one is
 * empty.
 */
function aliasesIn(name: string, text: string): string[] {
  if (name.endsWith(".json")) return aliasesInJson(text);
  return blocksOf(text)
    .filter(({ type, labels }) => type === "provider" && labels[0] === "aws")
    .map(({ strings: { alias = "" } }) => alias);
}

function aliasesInJson(text: string): string[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Terraform reports the error with its position.
    return [];
  }
  const providers = [parsed].flat().map((each) => member(each, "provider"));
  const configurations = providers.flat().flatMap((each) => member(each, "aws"));
  return configurations
    .filter((each) => each !== undefined)
    .map((each) => {
      const alias = member(each, "alias");
      return typeof alias === "string" ? alias : "";
    });
}

const member = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
