/** `npm run deploy`: builds the functions and has Terraform apply `terraform/`. */
import { deploy, runDeployment } from "./deployment.ts";

const USAGE = `Usage: npm run deploy -- [--account] [arguments of terraform apply]

  --account   applies terraform/account instead: once per account and region, for all applications
  --help      this text

Such as: npm run deploy -- -var stage=dev
Paths, as in -var-file=dev.tfvars, start in terraform/. Terraform asks before it changes anything,
unless it is told -auto-approve.
`;

await runDeployment(deploy, USAGE);
