/** The files that point a root module to a local AWS. */
import { blocksOf } from "./hcl.ts";

/**
 * The name sorts after those of all other override files, because Terraform applies them in the order of
 * their names.
 */
export const OVERRIDE_FILE = "zzz_local_aws_override.tf";
export const PROVIDER_FILE = "zzz_local_aws.tf";

/**
 * Returns the files to add to a root module, by name. They keep the state in the folder. Every
 * configuration of the AWS provider uses the administrator's key of the local AWS, and cannot access
 * another account. The environment sets the endpoint of all services.
 * @param files the `.tf` and `.tf.json` files of the module, by name.
 */
export function overrideFiles(files: Readonly<Record<string, string>>): Record<string, string> {
  const aliases = new Set(Object.entries(files).flatMap(([name, text]) => aliasesIn(name, text)));
  const providers = [...aliases].map((alias) => providerBlock(alias)).join("");
  return {
    // An override needs a block to override. An empty block does not change anything.
    ...(!aliases.has("") && { [PROVIDER_FILE]: 'provider "aws" {}\n' }),
    [OVERRIDE_FILE]: BACKEND + providers + (aliases.has("") ? "" : providerBlock("")),
  };
}

const BACKEND = `terraform {
  backend "local" {}
}
`;

/** Returns a dynamic block without elements, which replaces all blocks of its type. */
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
 * Returns the aliases of the configurations of the AWS provider in a file. The default configuration has
 * an empty alias.
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
    // Terraform reports the syntax error with its position.
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
