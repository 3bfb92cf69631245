# All resources that jwt_issuer adds, except for the role (iam.tf) and the log group
# (logs.tf).

resource "aws_lambda_function" "authorizer" {
  count = local.has_authorizer ? 1 : 0

  function_name                  = local.function_names.authorizer
  description                    = "Checks the tokens of clients that connect to ${var.project}"
  role                           = aws_iam_role.function["authorizer"].arn
  filename                       = local.bundles.authorizer
  source_code_hash               = local.bundle_hashes.authorizer
  handler                        = "index.handler"
  runtime                        = var.runtime
  architectures                  = local.architectures
  memory_size                    = 256
  reserved_concurrent_executions = var.authorizer_reserved_concurrency

  # A fetch of the issuer's keys takes up to 3 seconds, and is retried once.
  timeout = 10

  environment {
    variables = {
      JWT_ISSUER      = var.jwt_issuer
      JWT_AUDIENCE    = join(",", var.jwt_audience)
      JWT_JWKS_URL    = coalesce(var.jwt_jwks_url, "${trimsuffix(var.jwt_issuer, "/")}/.well-known/jwks.json")
      JWT_CLAIMS      = join(",", var.jwt_claims)
      ALLOWED_ORIGINS = join(",", var.allowed_origins)
    }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function["authorizer"].name
    application_log_level = "INFO"
    system_log_level      = var.system_log_level
  }

  tracing_config {
    mode = local.tracing_mode
  }

  depends_on = [aws_iam_role_policy.function]

  lifecycle {
    precondition {
      condition     = fileexists(local.bundles.authorizer)
      error_message = "The file ${abspath(local.bundles.authorizer)} does not exist. Run `npm run build` first."
    }

    replace_triggered_by = [aws_iam_role.function["authorizer"].unique_id]
  }
}

# Also exists without jwt_issuer. No route refers to it then. Otherwise, when
# jwt_issuer is removed, Terraform would delete the authorizer before it changes the
# route that refers to it, and API Gateway rejects that. create_before_destroy would
# also apply to the dependencies of the authorizer, such as roles and log groups,
# whose names cannot exist twice.
resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id          = aws_apigatewayv2_api.this.id
  name            = "jwt"
  authorizer_type = "REQUEST"

  # The function must exist: AWS does not document whether it accepts another URI.
  authorizer_uri = local.has_authorizer ? aws_lambda_function.authorizer[0].invoke_arn : aws_lambda_function.websocket_handler.invoke_arn

  # API Gateway requires all identity sources to be present, but the token can be in
  # one of two places. So the identity source is a header that all clients send. The
  # function itself refuses clients without a token, with 401 as API Gateway would.
  identity_sources = ["route.request.header.Host"]
}

moved {
  from = aws_apigatewayv2_authorizer.jwt[0]
  to   = aws_apigatewayv2_authorizer.jwt
}

resource "aws_lambda_permission" "authorizer" {
  count = local.has_authorizer ? 1 : 0

  statement_id  = "api-gateway-authorizer"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.authorizer[0].id
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_apigatewayv2_api.this.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.jwt.id}"
}

# The authorizer logs when it could not check a token. A timeout, a crash or a failed
# start is only in Lambda's platform events. In these events, an error that the
# authorizer throws is a success. That is correct for "Unauthorized", which it throws
# for a client without a token.
resource "aws_cloudwatch_log_metric_filter" "authorizer_failures" {
  count = local.has_authorizer ? 1 : 0

  name           = "${var.project}-authorizer-failures"
  log_group_name = aws_cloudwatch_log_group.function["authorizer"].id
  pattern        = "{ $.message.event = \"token not checked\" || (($.type = \"platform.report\" || $.type = \"platform.initReport\") && ($.record.status = \"timeout\" || $.record.status = \"error\")) }"

  metric_transformation {
    namespace = var.project
    name      = "AuthorizerFailures"
    value     = "1"
  }
}

moved {
  from = aws_cloudwatch_log_metric_filter.authorizer_faults
  to   = aws_cloudwatch_log_metric_filter.authorizer_failures
}

# If API Gateway is not allowed to invoke the authorizer, there is no log and,
# according to AWS's documentation, no metric: ExecutionError counts integrations. The
# only sign is the status 500, which a mistake of a client cannot cause.
resource "aws_cloudwatch_log_metric_filter" "connect_failures" {
  count = local.has_authorizer ? 1 : 0

  name           = "${var.project}-connect-failures"
  log_group_name = aws_cloudwatch_log_group.access.id
  pattern        = "{ $.eventType = \"CONNECT\" && $.status = \"500\" }"

  metric_transformation {
    namespace = var.project
    name      = "AuthorizerFailures"
    value     = "1"
  }
}

moved {
  from = aws_cloudwatch_log_metric_filter.connect_faults
  to   = aws_cloudwatch_log_metric_filter.connect_failures
}

locals {
  # There is no alarm on the metric Errors: a client without a token counts as one.
  authorizer_alarms = { for name, alarm in {
    authorizer-failures = {
      description = "Clients were refused with status 500 because their token could not be checked. The authorizer timed out, crashed, failed to start or could not fetch the issuer's keys: see the authorizer's log group. If the log group contains no error, API Gateway is not allowed to invoke the authorizer: run terraform plan and look for a missing aws_lambda_permission."
      namespace   = var.project
      metric_name = "AuthorizerFailures"
      dimensions  = {}
    }

    authorizer-throttles = {
      description = "The authorizer was throttled, so clients were refused. Raise authorizer_reserved_concurrency or the account's concurrency quota."
      metric_name = "Throttles"
      dimensions  = { FunctionName = "${var.project}-authorizer" }
    }
  } : name => alarm if local.has_authorizer }
}

moved {
  from = aws_cloudwatch_metric_alarm.this["authorizer-faults"]
  to   = aws_cloudwatch_metric_alarm.this["authorizer-failures"]
}
