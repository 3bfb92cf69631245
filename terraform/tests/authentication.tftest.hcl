# Tests the resources that jwt_issuer adds, and that they do not exist without it.

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

provider "aws" {
  alias                       = "caller"
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  bundle_directory = "./tests/bundles"
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_resource {
  target          = aws_apigatewayv2_api.this
  override_during = plan
  values = {
    id            = "abc123"
    api_endpoint  = "wss://abc123.execute-api.us-east-1.amazonaws.com"
    execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
  }
}

run "without_an_issuer_there_is_no_authorizer" {
  command = plan

  override_resource {
    target          = aws_lambda_function.websocket_handler
    override_during = plan
    values = {
      arn        = "arn:aws:lambda:us-east-1:123456789012:function:websocket-lambda-websocket-handler"
      invoke_arn = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:websocket-lambda-websocket-handler/invocations"
    }
  }

  assert {
    condition     = length(aws_lambda_function.authorizer) + length(aws_lambda_permission.authorizer) + length(aws_cloudwatch_log_metric_filter.authorizer_failures) + length(aws_cloudwatch_log_metric_filter.connect_failures) == 0
    error_message = "A resource of the authorizer exists."
  }

  assert {
    condition     = !contains(keys(aws_iam_role.function), "authorizer") && !contains(keys(aws_cloudwatch_log_group.function), "authorizer") && alltrue([for name in keys(aws_cloudwatch_metric_alarm.this) : !startswith(name, "authorizer")])
    error_message = "A role, a log group or an alarm of the authorizer exists."
  }

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.authorization_type == "NONE" && route.authorizer_id == null])
    error_message = "A route requires authorization."
  }

  # The authorizer exists in any case, with the URI of an existing function: see
  # aws_apigatewayv2_authorizer.jwt.
  assert {
    condition     = aws_apigatewayv2_authorizer.jwt.authorizer_uri == aws_lambda_function.websocket_handler.invoke_arn
    error_message = "The authorizer invokes ${aws_apigatewayv2_authorizer.jwt.authorizer_uri}."
  }

  assert {
    condition     = output.authorizer_log_group_name == null
    error_message = "The output names a log group."
  }
}

run "with_an_issuer_connect_requires_authorization" {
  command = plan

  variables {
    jwt_issuer      = "https://login.example.com/tenant/"
    jwt_audience    = ["chat", "chat-mobile"]
    jwt_claims      = ["scope", "cognito:groups"]
    allowed_origins = ["https://chat.example.com"]
    log_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  override_resource {
    target          = aws_apigatewayv2_authorizer.jwt
    override_during = plan
    values          = { id = "aut123" }
  }

  override_resource {
    target          = aws_cloudwatch_log_group.function["authorizer"]
    override_during = plan
    values          = { id = "/aws/lambda/websocket-lambda-authorizer" }
  }

  override_resource {
    target          = aws_cloudwatch_log_group.access
    override_during = plan
    values = {
      id  = "/aws/apigateway/websocket-lambda"
      arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/apigateway/websocket-lambda"
    }
  }

  assert {
    condition     = { for key, route in aws_apigatewayv2_route.this : key => route.authorization_type } == { connect = "CUSTOM", default = "NONE", disconnect = "NONE" }
    error_message = "$connect must be the only route that requires authorization."
  }

  assert {
    condition     = aws_apigatewayv2_route.this["connect"].authorizer_id == "aut123"
    error_message = "$connect does not use the authorizer."
  }

  assert {
    condition     = aws_lambda_permission.authorizer[0].source_arn == "arn:aws:execute-api:us-east-1:123456789012:abc123/authorizers/aut123" && aws_lambda_permission.authorizer[0].principal == "apigateway.amazonaws.com"
    error_message = "A principal other than the API's authorizer is allowed to invoke the function."
  }

  assert {
    condition = aws_lambda_function.authorizer[0].environment[0].variables == tomap({
      JWT_ISSUER      = "https://login.example.com/tenant/"
      JWT_AUDIENCE    = "chat,chat-mobile"
      JWT_JWKS_URL    = "https://login.example.com/tenant/.well-known/jwks.json"
      JWT_CLAIMS      = "scope,cognito:groups"
      ALLOWED_ORIGINS = "https://chat.example.com"
    })
    error_message = "The environment variables of the authorizer are wrong."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.function["authorizer"].policy).Statement == [
      {
        Sid      = "WriteLogs"
        Effect   = "Allow"
        Action   = ["logs:PutLogEvents", "logs:CreateLogStream"]
        Resource = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/websocket-lambda-authorizer:*"
      }
    ]
    error_message = "The authorizer has more permissions than writing its log: ${aws_iam_role_policy.function["authorizer"].policy}"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.function["websocket_handler"].policy).Statement :
      statement.Resource if statement.Sid == "DisconnectClients"
    ] == ["arn:aws:execute-api:us-east-1:123456789012:abc123/production/DELETE/@connections/*"]
    error_message = "The websocket-handler cannot close connections whose token has expired."
  }

  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.this), "authorizer-failures") && contains(keys(aws_cloudwatch_metric_alarm.this), "authorizer-throttles")
    error_message = "An alarm of the authorizer is missing."
  }

  assert {
    condition = { for filter in concat(aws_cloudwatch_log_metric_filter.authorizer_failures, aws_cloudwatch_log_metric_filter.connect_failures) :
      filter.log_group_name => [filter.metric_transformation[0].namespace, filter.metric_transformation[0].name]
      } == { for group in ["/aws/lambda/websocket-lambda-authorizer", "/aws/apigateway/websocket-lambda"] :
      group => [aws_cloudwatch_metric_alarm.this["authorizer-failures"].namespace, aws_cloudwatch_metric_alarm.this["authorizer-failures"].metric_name]
    }
    error_message = "The alarm does not watch the metric of its filters."
  }

  assert {
    condition     = alltrue([for group in concat(values(aws_cloudwatch_log_group.function), [aws_cloudwatch_log_group.access]) : group.kms_key_id == var.log_kms_key_arn])
    error_message = "A log group is not encrypted with the key."
  }
}

run "jwt_jwks_url_sets_the_url_of_the_keys" {
  command = plan

  variables {
    jwt_issuer   = "https://login.example.com"
    jwt_audience = ["chat"]
    jwt_jwks_url = "https://keys.example.com/jwks"
  }

  assert {
    condition     = aws_lambda_function.authorizer[0].environment[0].variables.JWT_JWKS_URL == "https://keys.example.com/jwks"
    error_message = "The authorizer does not fetch the keys from jwt_jwks_url."
  }
}
