/** @module-tag extended */
import { once } from "node:events";
import { strToU8, zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { APPLY_TIMEOUT } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";
import { useTerraformFolder } from "./terraform-folder.ts";

const skipped = await reasonToSkip();
const region = "eu-west-1";

/** Replies with the key of the route. */
const FUNCTION = `exports.handler = async ({ requestContext }) => ({
  statusCode: 200,
  body: requestContext.routeKey,
});`;

const role = (name: string, service: string) => `
resource "aws_iam_role" "${name}" {
  name = "${name}"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}" } }]
  })
}
`;

/** API Gateway invokes the function with a role only, without an aws_lambda_permission. */
const BASE = `
provider "aws" {
  region = "${region}"
}
${role("function", "lambda.amazonaws.com")}
${role("gateway", "apigateway.amazonaws.com")}

resource "aws_iam_role_policy_attachment" "function" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_policy" "gateway" {
  name = "gateway"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Action = "lambda:InvokeFunction", Resource = aws_lambda_function.function.arn },
      { Effect = "Allow", Action = "logs:*", Resource = "*" },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "gateway" {
  role       = aws_iam_role.gateway.name
  policy_arn = aws_iam_policy.gateway.arn
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.gateway.arn
  reset_on_delete     = true
  depends_on          = [aws_iam_role_policy_attachment.gateway]
}

resource "aws_lambda_function" "function" {
  function_name    = "function"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  handler          = "index.handler"
  filename         = "\${abspath(path.module)}/function.zip"
  source_code_hash = filebase64sha256("\${abspath(path.module)}/function.zip")
}

resource "aws_apigatewayv2_api" "chat" {
  name                         = "chat"
  version                      = "1"
  protocol_type                = "WEBSOCKET"
  route_selection_expression   = "$request.body.action"
  api_key_selection_expression = "$context.authorizer.usageIdentifierKey"
}

resource "aws_apigatewayv2_integration" "function" {
  api_id                        = aws_apigatewayv2_api.chat.id
  integration_type              = "AWS_PROXY"
  integration_uri               = aws_lambda_function.function.invoke_arn
  credentials_arn               = aws_iam_role.gateway.arn
  content_handling_strategy     = "CONVERT_TO_TEXT"
  passthrough_behavior          = "WHEN_NO_TEMPLATES"
  template_selection_expression = "\\\\$default"
  request_templates             = { "$default" = "{}" }
  request_parameters            = { "integration.request.header.x-user" = "'ada'" }
}

resource "aws_apigatewayv2_integration_response" "function" {
  api_id                   = aws_apigatewayv2_api.chat.id
  integration_id           = aws_apigatewayv2_integration.function.id
  integration_response_key = "/200/"
  response_templates       = { "application/json" = "" }
}

resource "aws_apigatewayv2_model" "message" {
  api_id       = aws_apigatewayv2_api.chat.id
  name         = "message"
  content_type = "application/json"
  schema       = jsonencode({ type = "object" })
}

resource "aws_apigatewayv2_deployment" "chat" {
  api_id   = aws_apigatewayv2_api.chat.id
  triggers = { routes = sha1(jsonencode(values(aws_apigatewayv2_route.chat)[*].route_key)) }
  # Otherwise the deployment can be created before them.
  depends_on = [aws_apigatewayv2_route_response.chat]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_apigatewayv2_stage" "dev" {
  api_id        = aws_apigatewayv2_api.chat.id
  name          = "dev"
  deployment_id = aws_apigatewayv2_deployment.chat.id

  default_route_settings {
    logging_level            = "INFO"
    data_trace_enabled       = true
    detailed_metrics_enabled = true
    throttling_burst_limit   = 100
    throttling_rate_limit    = 100
  }
  depends_on = [aws_api_gateway_account.this]
}
`;

const configuration = (...routeKeys: string[]) => `${BASE}
resource "aws_apigatewayv2_route" "chat" {
  for_each  = toset(${JSON.stringify(routeKeys)})
  api_id    = aws_apigatewayv2_api.chat.id
  route_key = each.key
  target    = "integrations/\${aws_apigatewayv2_integration.function.id}"

  route_response_selection_expression = "$default"
  operation_name                      = "Chat"
  request_models                      = { "$default" = aws_apigatewayv2_model.message.name }
  request_parameter {
    request_parameter_key = "route.request.querystring.token"
    required              = false
  }
}

resource "aws_apigatewayv2_route_response" "chat" {
  for_each           = aws_apigatewayv2_route.chat
  api_id             = aws_apigatewayv2_api.chat.id
  route_id           = each.value.id
  route_response_key = "$default"
}
`;

describe.skipIf(skipped)(`a stage with deployments of Terraform${because(skipped)}`, () => {
  const folder = useTerraformFolder({ region });
  let socket: WebSocket;

  const configure = (...routeKeys: string[]) =>
    folder.write("main.tf", configuration(...routeKeys));
  /** Returns the key of the route that is selected for a message. */
  const routeOf = async (action: string): Promise<string> => {
    const reply = once(socket, "message") as Promise<[Buffer]>;
    socket.send(JSON.stringify({ action }));
    const [frame] = await reply;
    return frame.toString();
  };

  beforeAll(async () => {
    await folder.write("function.zip", zipSync({ "index.js": strToU8(FUNCTION) }));
    await configure("$default");
    await folder.root.apply();
    socket = new WebSocket(folder.local.webSocketUrl("dev"));
    await once(socket, "open");
  }, APPLY_TIMEOUT);
  afterAll(async () => {
    socket?.terminate();
  });

  test("has no differences after an apply", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await folder.root.plan("-detailed-exitcode")).toContain("No changes.");
  });

  test("serves a new route after its deployment", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await routeOf("join")).toBe("$default");
    await configure("$default", "join");
    await folder.root.apply("-target=aws_apigatewayv2_route_response.chat");
    expect(await routeOf("join")).toBe("$default");
    expect(await folder.root.apply()).toContain("1 added, 1 changed, 1 destroyed");
    expect(await routeOf("join")).toBe("join");
  });

  test("is destroyed with its API", { timeout: APPLY_TIMEOUT }, async () => {
    expect(await folder.root.destroy()).toContain("Destroy complete!");
    expect(folder.local.state.regions[region]?.apigateway).toEqual({ apis: {}, domainNames: {} });
    expect(folder.local.state.iam).toEqual({ roles: {}, policies: {} });
  });
});
