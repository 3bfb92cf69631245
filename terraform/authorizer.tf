# Everything that jwt_issuer adds, but for the role (iam.tf) and the log group
# (logs.tf).

resource "aws_lambda_function" "authorizer" {
  count = local.has_authorizer ? 1 : 0

  function_name                  = local.function_names.authorizer
  description                    = "Checks the token of whoever connects to ${var.project}"
  role                           = aws_iam_role.function["authorizer"].arn
  filename                       = local.bundles.authorizer
  source_code_hash               = local.bundle_hashes.authorizer
  handler                        = "index.handler"
  runtime                        = local.runtime
  architectures                  = local.architectures
  memory_size                    = 256
  reserved_concurrent_executions = var.authorizer_reserved_concurrency

  # The keys of the issuer come within 3 seconds or not at all.
  timeout = 10

  environment {
    variables = {
      JWT_ISSUER      = var.jwt_issuer
      JWT_AUDIENCE    = join(",", var.jwt_audience)
      JWT_JWKS_URL    = coalesce(var.jwt_jwks_url, "${trimsuffix(var.jwt_issuer, "/")}/.well-known/jwks.json")
      ALLOWED_ORIGINS = join(",", var.allowed_origins)
    }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function["authorizer"].name
    application_log_level = "INFO"
    system_log_level      = "INFO"
  }

  depends_on = [aws_iam_role_policy.function]

  lifecycle {
    precondition {
      condition     = fileexists(local.bundles.authorizer)
      error_message = "There is no ${abspath(local.bundles.authorizer)}. Run `npm run build` first."
    }

    replace_triggered_by = [aws_iam_role.function["authorizer"].unique_id]
  }
}

# Present without jwt_issuer too, when no route refers to it: API Gateway does not
# delete an authorizer that a route refers to, and without create_before_destroy
# Terraform deletes it before it changes the route. create_before_destroy would
# spread to everything that the authorizer depends on, such as roles and log groups,
# and AWS refuses to create those while the old ones have their names.
resource "aws_apigatewayv2_authorizer" "jwt" {
  api_id          = aws_apigatewayv2_api.this.id
  name            = "jwt"
  authorizer_type = "REQUEST"

  # The URI of a function that exists in either case. AWS does not document whether
  # it accepts another.
  authorizer_uri = local.has_authorizer ? aws_lambda_function.authorizer[0].invoke_arn : aws_lambda_function.websocket_handler.invoke_arn

  # API Gateway wants every identity source to be there, but the token comes in
  # one of two places. So the source is what every client sends, and the function
  # itself refuses who brings no token, with the 401 of a missing source.
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

# The authorizer itself tells when it can't check a token. Of a time-out, a crash
# or a failed start only Lambda does. An error that it throws is a success in
# Lambda's report, as it should be: "Unauthorized" is one, for whoever comes
# without a token.
resource "aws_cloudwatch_log_metric_filter" "authorizer_faults" {
  count = local.has_authorizer ? 1 : 0

  name           = "${var.project}-authorizer-faults"
  log_group_name = aws_cloudwatch_log_group.function["authorizer"].id
  pattern        = "{ $.message.event = \"token could not be checked\" || (($.type = \"platform.report\" || $.type = \"platform.initReport\") && ($.record.status = \"timeout\" || $.record.status = \"error\")) }"

  metric_transformation {
    namespace = var.project
    name      = "AuthorizerFaults"
    value     = "1"
  }
}

# Where API Gateway may not invoke the authorizer, there is no log of it, and by
# AWS's words no metric either: ExecutionError is about integrations. What is left
# is the 500 that its clients get, which is never for a mistake of theirs.
resource "aws_cloudwatch_log_metric_filter" "connect_faults" {
  count = local.has_authorizer ? 1 : 0

  name           = "${var.project}-connect-faults"
  log_group_name = aws_cloudwatch_log_group.access.id
  pattern        = "{ $.eventType = \"CONNECT\" && $.status = \"500\" }"

  metric_transformation {
    namespace = var.project
    name      = "AuthorizerFaults"
    value     = "1"
  }
}

locals {
  # Its errors have no alarm: whoever comes without a token is one of them.
  authorizer_alarms = { for name, alarm in {
    authorizer-faults = {
      description = "Clients were turned away because nobody checked their token. See the authorizer's log group: it timed out, crashed or could not fetch the issuer's keys. If nothing is there, API Gateway may not invoke it: see terraform plan for a missing aws_lambda_permission."
      namespace   = var.project
      metric_name = "AuthorizerFaults"
      dimensions  = {}
    }

    authorizer-throttles = {
      description = "The authorizer ran out of concurrency, so clients were turned away. Raise its reserved concurrency or the account's quota."
      metric_name = "Throttles"
      dimensions  = { FunctionName = "${var.project}-authorizer" }
    }
  } : name => alarm if local.has_authorizer }
}
