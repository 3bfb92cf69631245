/** `npm run deploy`: builds the functions and applies `terraform/`. */
import { deploy, runDeployment } from "./deployment.ts";

const USAGE = `Usage: npm run deploy -- [--account] [arguments of terraform apply]

Builds the functions, runs terraform init and terraform apply in terraform/, and prints
the WebSocket URL.

  --account   apply terraform/account instead. Do this once per account and region
  --help      print this text

Example: npm run deploy -- -var stage=dev

File names, as in -var-file=dev.tfvars, are relative to terraform/. Terraform asks for approval before
it changes anything, unless you pass -auto-approve.
`;

await runDeployment(deploy, USAGE);
