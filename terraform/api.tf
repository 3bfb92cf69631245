locals {
  routes = {
    connect    = "$connect"
    disconnect = "$disconnect"
    default    = "$default"
  }
}

resource "aws_apigatewayv2_api" "this" {
  name                         = var.project
  description                  = "WebSocket API of ${var.project}"
  protocol_type                = "WEBSOCKET"
  route_selection_expression   = "$request.body.action"
  disable_execute_api_endpoint = var.disable_execute_api_endpoint
  ip_address_type              = var.ip_address_type

  # The name of an API is not unique.
  depends_on = [
    aws_cloudwatch_log_group.function,
    aws_iam_role.function,
  ]
}

resource "aws_apigatewayv2_integration" "websocket_handler" {
  api_id             = aws_apigatewayv2_api.this.id
  integration_type   = "AWS_PROXY"
  integration_method = "POST"
  integration_uri    = aws_lambda_function.websocket_handler.invoke_arn
}

# Without route responses. With one, API Gateway sends the client an empty message
# whenever the handler returns no body. The functions post all frames to the
# connection instead.
resource "aws_apigatewayv2_route" "this" {
  for_each = local.routes

  api_id    = aws_apigatewayv2_api.this.id
  route_key = each.value
  target    = "integrations/${aws_apigatewayv2_integration.websocket_handler.id}"

  # API Gateway supports an authorizer on $connect only. The result is valid for the
  # lifetime of the connection.
  authorization_type = each.key == "connect" && local.has_authorizer ? "CUSTOM" : "NONE"
  authorizer_id      = each.key == "connect" && local.has_authorizer ? aws_apigatewayv2_authorizer.jwt.id : null

  # Without this, API Gateway refuses clients with 500 until the permission exists.
  depends_on = [aws_lambda_permission.authorizer]

  # API Gateway does not delete a resource that a route refers to. When one of these
  # is replaced, its ID changes, and Terraform replaces the routes first.
  lifecycle {
    replace_triggered_by = [
      aws_apigatewayv2_authorizer.jwt.id,
      aws_apigatewayv2_integration.websocket_handler.id,
    ]
  }
}

# Fails with "CloudWatch Logs role ARN must be set in account settings to enable
# logging" until terraform/account has been applied in this region.
resource "aws_apigatewayv2_stage" "this" {
  api_id      = aws_apigatewayv2_api.this.id
  name        = var.stage
  auto_deploy = true

  default_route_settings {
    # Without these, the provider sends 0 for both, and API Gateway refuses all
    # messages with 429. They also limit the cost that an attacker can cause.
    throttling_rate_limit  = var.throttling_rate_limit
    throttling_burst_limit = var.throttling_burst_limit

    detailed_metrics_enabled = var.detailed_metrics_enabled

    # Execution logs can contain client data.
    logging_level = "OFF"
  }

  # The documented $context.integration.* variables are always "-" on a WebSocket API,
  # so none is used. $context.status is the status of the function. Query strings and
  # messages are not logged, because they can contain tokens or personal data.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn

    format = jsonencode({
      requestId          = "$context.requestId"
      extendedRequestId  = "$context.extendedRequestId"
      requestTime        = "$context.requestTime"
      connectionId       = "$context.connectionId"
      eventType          = "$context.eventType"
      routeKey           = "$context.routeKey"
      status             = "$context.status"
      errorMessage       = "$context.error.message"
      errorResponseType  = "$context.error.responseType"
      integrationLatency = "$context.integrationLatency"
      sourceIp           = "$context.identity.sourceIp"
    })
  }

  # Created last and destroyed first, so that clients cannot connect to an incomplete
  # stack.
  depends_on = [
    aws_apigatewayv2_route.this,
    aws_lambda_function_event_invoke_config.processor,
    aws_lambda_function_event_invoke_config.websocket_handler,
    aws_lambda_permission.authorizer,
    aws_lambda_permission.route,
  ]

  # While a route is replaced, the API does not have it. Without a $connect route, API
  # Gateway accepts all clients without invoking the authorizer.
  lifecycle {
    replace_triggered_by = [
      aws_apigatewayv2_route.this["connect"].id,
      aws_apigatewayv2_route.this["disconnect"].id,
      aws_apigatewayv2_route.this["default"].id,
    ]
  }
}

resource "aws_lambda_permission" "route" {
  for_each = local.routes

  statement_id = "api-gateway-${each.key}"
  action       = "lambda:InvokeFunction"

  # Lambda deletes the permissions of a function together with the function. The id of
  # the function is equal to function_name, but is unknown in a plan that replaces the
  # function. So the plan replaces the permission too.
  function_name = aws_lambda_function.websocket_handler.id
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/${var.stage}/${each.value}"
}
