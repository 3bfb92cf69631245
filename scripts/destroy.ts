/** `npm run destroy`: destroys the stack that `npm run deploy` created. */
import { destroy, runDeployment } from "./deployment.ts";

const USAGE = `Usage: npm run destroy -- [--account] [arguments of terraform destroy]

Runs terraform init and terraform destroy in terraform/. Pass the same variables as to npm run deploy.

  --account   destroy terraform/account instead. All API Gateway APIs of this account and region then
              stop logging
  --help      print this text

Terraform asks for approval before it destroys anything, unless you pass -auto-approve.
`;

await runDeployment(destroy, USAGE);
