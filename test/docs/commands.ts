/** How the tests handle each command in the `sh` blocks of the documents. Shell comments are stripped. */

import { ROOT } from "./markdown.ts";

/** How a command is run. */
export interface Run {
  /** The expected output. */
  prints: RegExp;
  /**
   * Returns the command to run instead, if the original would wait for input, never exit or run in the
   * wrong directory.
   */
  as?: (command: string) => string;
  /** Set if only version 2 of the AWS CLI has the command. */
  cli?: 2;
}

const CI = "CI runs it";
const BUILDS =
  "it would rebuild dist/ while other tests use it; scripts/build/index.test.ts tests the build";
const APPLIES = "test/terraform/ runs it if Terraform is installed";
const PACKED = "test/packages.test.ts runs it";
const FOLLOWED = "test/docs/actions.test.ts runs it with the files of the document";

const QUERIES = "the local AWS runs no queries; test/saved-queries.test.ts runs their filters";
const REMOTE = "it needs an AWS account; npm run check validates the files";
const TRACED = "test/trace/endpoints.test.ts sends the request";

/** Commands that are not run here, with the reason or the test that runs them. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "npm ci": CI,
  "npm test": CI,
  "npm run check": CI,
  "npm start": "test/start.test.ts runs it",
  "npm run build": BUILDS,
  "npm ci && npm run build": BUILDS,
  "git checkout <commit> && npm ci && npm run build": BUILDS,
  "npm pack -w @websocket-lambda/client": PACKED,
  "npm install ./websocket-lambda-client-0.2.0.tgz": PACKED,
  "npm run format": "npm run check checks the format, and the pre-commit hook uses the same tools",
  "npx vitest run --project client": CI,
  "git config core.hooksPath .githooks": "test/pre-commit.test.ts commits with it",
  "npm run schemas": FOLLOWED,
  "npm run check:types": FOLLOWED,
  "npm install --save-dev @websocket-lambda/local-aws": PACKED,
  "npx local-aws": PACKED,
  "npx local-aws check infra": PACKED,
  "npx local-aws start infra": PACKED,
  "npx local-aws --snapshot stack.json --functions .": "local-aws/src/cli.test.ts runs it",
  "zip chat.zip index.js": PACKED,
  "terraform init": PACKED,
  "terraform apply": PACKED,
  'node client.js "$(terraform output -raw url)"': PACKED,
  "curl http://localhost:4566/_local/snapshot > stack.json": "local-aws/src/cli.test.ts runs it",
  "npx vitest run functions/processor": FOLLOWED,
  "WEBSOCKET_URL=$(terraform -chdir=terraform output -raw websocket_url) npx vitest run test/e2e":
    "it runs the end-to-end suite a second time, and rebuilds dist/",
  "AWS_REGION=us-east-1 node test/conformance/questions/main.ts answers.json":
    "test/conformance/questions.test.ts runs it",
  "AWS_REGION=us-east-1 node test/conformance/questions/main.ts answers.json OPEN-1":
    "test/conformance/questions.test.ts runs it",
  "terraform -chdir=terraform/account init": APPLIES,
  "terraform -chdir=terraform/account apply": APPLIES,
  "terraform -chdir=terraform init": APPLIES,
  "terraform -chdir=terraform apply": APPLIES,
  "terraform -chdir=terraform apply -var jwt_issuer=https://login.example.com -var 'jwt_audience=[\"chat\"]'":
    APPLIES,
  "terraform -chdir=terraform apply -var project=chat -var region=eu-central-1": APPLIES,
  "terraform -chdir=terraform apply -var domain_name=chat.example.com -var certificate_arn=arn:aws:acm:… -var hosted_zone_id=Z…":
    "it needs a hosted zone; test/terraform/domain.test.ts applies a domain name",
  "terraform -chdir=terraform destroy": APPLIES,
  "cp terraform/examples/remote-state/backend_override.tf terraform/": REMOTE,
  "cp terraform/examples/remote-state/backend.hcl.example backend.hcl": REMOTE,
  "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000":
    REMOTE,
  "QUERY=$(aws logs describe-query-definitions --query-definition-name-prefix websocket-lambda/latency-by-action --query 'queryDefinitions[0].queryString' --output text)":
    QUERIES,
  'aws logs start-query --log-group-names /aws/lambda/websocket-lambda-processor --start-time $(($(date +%s) - 3600)) --end-time $(date +%s) --query-string "$QUERY"':
    QUERIES,
  'aws logs get-query-results --query-id "$QUERY_ID"': QUERIES,
  "terraform -chdir=terraform/github init": REMOTE,
  "terraform -chdir=terraform/github apply -var repository=octocat/chat": REMOTE,
  "curl http://localhost:4566/_local/trace": TRACED,
  "curl http://localhost:4566/_local/trace?since=1795475699244061": TRACED,
  "curl -H 'Accept: text/event-stream' http://localhost:4566/_local/trace": TRACED,
  "curl http://localhost:4566/_local/overview": TRACED,
  "python3 -m venv .venv && .venv/bin/pip install 'websockets>=13' && .venv/bin/python examples/client.py":
    "it downloads a package",
};

const SHA256 = /^[\w+/]{43}=$/m;

/** Commands that are run. */
export const RUN: Readonly<Record<string, Run>> = {
  "npx node examples/client.ts": { prints: /olleh/ },
  'npx wscat -c "$WEBSOCKET_URL" -w 2 -x \'{"action":"uppercase","data":{"text":"hello"}}\'': {
    prints: /"result":"HELLO"/,
  },
  'npx wscat -c "$(terraform -chdir=terraform output -raw websocket_url)"': {
    as: (command) => `${command} -w 2 -x '{"action":"timestamp"}'`,
    prints: /"status":"success"/,
  },
  "aws sts get-caller-identity": { prints: /"Account": "000000000000"/ },
  "terraform -chdir=terraform output -raw websocket_url": { prints: /^ws:/ },
  "aws apigateway get-account": { prints: /cloudwatchRoleArn/ },
  "aws lambda get-account-settings --query AccountLimit": {
    prints: /"ConcurrentExecutions": 1000/,
  },
  "aws lambda get-function-event-invoke-config --function-name websocket-lambda-processor --query LastModified":
    { prints: /20\d\d|\d{10}/ },
  "aws lambda get-function-configuration --function-name websocket-lambda-processor --query CodeSha256 --output text":
    { prints: SHA256 },
  "npm run -s map-stack -- --function processor --sha256": { prints: SHA256 },
  "aws logs tail /aws/lambda/websocket-lambda-processor --since 1h | npm run -s map-stack -- --function processor":
    {
      as: (command) => command.replace(/\| (.*)$/, `| (cd "${ROOT}" && $1)`),
      prints: /reply posted/,
      cli: 2,
    },
  "npm run redrive": { prints: /The queue is empty\.\nSent 0 jobs again; 0 refused/ },
  "npm run redrive -- --dry-run": { prints: /The queue is empty\.$/m },
  "npm run redrive -- --rerun": { prints: /Sent 0 jobs again/ },
  "aws logs tail /aws/lambda/websocket-lambda-processor --follow": {
    as: (command) => command.replace("--follow", ""),
    prints: /reply posted/,
    cli: 2,
  },
  "aws logs tail /aws/lambda/websocket-lambda-websocket-handler --follow": {
    as: (command) => command.replace("--follow", ""),
    prints: /processor invoked/,
    cli: 2,
  },
  "aws logs tail /aws/lambda/websocket-lambda-processor --since 1h --filter-pattern '{ $.level = \"ERROR\" }'":
    { prints: /^$/, cli: 2 },
  "aws logs tail /aws/apigateway/websocket-lambda --since 1h": { prints: /"MESSAGE"/, cli: 2 },
  "aws logs filter-log-events --log-group-name /aws/lambda/websocket-lambda-websocket-handler --filter-pattern '{ $.message.requestId = \"1\" }'":
    { prints: /processor invoked/ },
  "aws logs filter-log-events --log-group-name /aws/lambda/websocket-lambda-processor --filter-pattern '{ $.message.requestId = \"1\" }'":
    { prints: /reply posted/ },
  'aws logs filter-log-events --log-group-name /aws/apigateway/websocket-lambda --filter-pattern "{ \\$.connectionId = \\"$CONNECTION_ID\\" }"':
    { prints: /CONNECT/ },
  "aws logs describe-query-definitions --query-definition-name-prefix websocket-lambda/ --query 'queryDefinitions[].[name, queryString]' --output text":
    { prints: /^websocket-lambda\/latency-by-action\s+filter message\.event = "reply posted"/m },
  'aws sqs receive-message --queue-url "$(terraform -chdir=terraform output -raw dead_letter_queue_url)" --message-attribute-names All':
    { prints: /^$/ },
  'aws sqs purge-queue --queue-url "$(terraform -chdir=terraform output -raw dead_letter_queue_url)"':
    { prints: /^$/ },
  'aws lambda invoke --function-name websocket-lambda-processor --payload "{\\"connectionId\\":\\"$CONNECTION_ID\\",\\"requestId\\":\\"1\\",\\"action\\":\\"timestamp\\"}" --cli-binary-format raw-in-base64-out out.json':
    { prints: /"StatusCode": 200,\s+"ExecutedVersion"/ },
  'aws apigatewaymanagementapi get-connection --endpoint-url "$(terraform -chdir=terraform output -raw management_endpoint)" --connection-id="$CONNECTION_ID"':
    { prints: /"SourceIp": "(127\.0\.0\.1|::1)"/i },
  'aws apigatewaymanagementapi post-to-connection --endpoint-url "$(terraform -chdir=terraform output -raw management_endpoint)" --connection-id="$CONNECTION_ID" --data aGVsbG8=':
    { prints: /^$/ },
  'aws apigatewaymanagementapi delete-connection --endpoint-url "$(terraform -chdir=terraform output -raw management_endpoint)" --connection-id="$CONNECTION_ID"':
    { prints: /^$/ },
};
