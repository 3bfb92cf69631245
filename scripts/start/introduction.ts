/** The text that `npm start` prints when the stack is ready. */
import type { LocalAws } from "@websocket-lambda/local-aws";
import { workspaceOf } from "../terraform.ts";
import { issuerUrl } from "./issuer.ts";
import { STAGE } from "./stack.ts";

/**
 * The environment variables that point the AWS CLI, the SDKs and Terraform to a local AWS. The region is
 * set twice: the SDKs read `AWS_REGION`, and version 1 of the AWS CLI reads only `AWS_DEFAULT_REGION`.
 * The workspace separates the Terraform state of this local AWS from the states of stacks on AWS.
 */
export const shellVariables = (aws: LocalAws) => ({
  AWS_ENDPOINT_URL: aws.endpoint,
  TF_WORKSPACE: workspaceOf(aws.accountId),
  AWS_ACCESS_KEY_ID: "test",
  AWS_SECRET_ACCESS_KEY: "test",
  AWS_REGION: "us-east-1",
  AWS_DEFAULT_REGION: "us-east-1",
});

const exportOf = (aws: LocalAws) =>
  `export ${Object.entries(shellVariables(aws))
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")}`;

export const introductionWhenEmpty = (aws: LocalAws) => `
An empty local AWS is running. Press Ctrl-C to stop it. Its resources are not saved.

  Console  ${aws.endpoint}/

  In a second terminal, set the variables and apply Terraform:
           ${exportOf(aws)}
           terraform -chdir=terraform/account init
           terraform -chdir=terraform/account apply
           terraform -chdir=terraform init
           terraform -chdir=terraform apply

  Terraform deploys the functions. After a change, run \`npm run build\` and apply again.

Logs of the functions:
`;

/** Returns the introduction. @param token undefined if the stack requires none. */
export function introduction(aws: LocalAws, token: string | undefined): string {
  const url = aws.webSocketUrl(STAGE);
  const message = '{"action": "uppercase", "data": {"text": "hello"}}';
  return `
WebSocket Lambda is running. Press Ctrl-C to stop it.

  Console  ${aws.endpoint}/
           Send messages and see each step of their processing.

  URL      ${url}
${token === undefined ? "" : introductionOfToken(aws, token)}
  In a second terminal, connect and send a message:
           npx wscat -c '${url}'${token === undefined ? "" : ' -s websocket-lambda -s "$TOKEN"'}
           > ${message}

  For clients in TypeScript and Python, see examples/README.md.

  To use the AWS CLI and the SDKs with the local AWS, set these variables:
           ${exportOf(aws)}

  Edit files in functions/ or shared/. The functions reload when you save.

Logs of the functions:
`;
}

const introductionOfToken = (aws: LocalAws, token: string) => `
  Token    of the subject ada, which expires in one hour:
           TOKEN=${token}
           Browsers send it as a subprotocol: new WebSocket(url, ["websocket-lambda", token])

           Tokens of other subjects, lifetimes in seconds (negative: expired) and claims:
           curl '${issuerUrl(aws.endpoint)}/token?sub=bob&lifetime=60'
           curl '${issuerUrl(aws.endpoint)}/token' --get --data-urlencode 'claims={"role":"admin"}'
`;
