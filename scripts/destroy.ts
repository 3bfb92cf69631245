/** `npm run destroy`: has Terraform destroy what `npm run deploy` made. */
import { destroy, runDeployment } from "./deployment.ts";

const USAGE = `Usage: npm run destroy -- [--account] [arguments of terraform destroy]

  --account   destroys terraform/account instead: every API of the region then loses its logs
  --help      this text

Give it the variables that the deployment was given. Terraform asks before it changes anything,
unless it is told -auto-approve.
`;

await runDeployment(destroy, USAGE);
