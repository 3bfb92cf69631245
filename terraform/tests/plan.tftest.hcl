# Plans with the real provider, which renders policies and checks arguments, but without
# any request to AWS.

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

# Values that the server would return. The provider does not plan an overridden resource,
# so other resources are overridden only in the runs that need it.
override_resource {
  target          = aws_apigatewayv2_api.this
  override_during = plan
  values = {
    id            = "abc123"
    api_endpoint  = "wss://abc123.execute-api.us-east-1.amazonaws.com"
    execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
  }
}

run "names_contain_the_project" {
  command = plan

  # The longest project and the longest region.
  variables {
    project               = "a2345678901234567890123456789-1"
    region                = "ap-southeast-2"
    throttling_rate_limit = 5000
  }

  assert {
    condition     = aws_apigatewayv2_api.this.name == var.project
    error_message = "The API is named ${aws_apigatewayv2_api.this.name}."
  }

  assert {
    condition     = aws_lambda_function.websocket_handler.function_name == "${var.project}-websocket-handler" && aws_lambda_function.processor.function_name == "${var.project}-processor"
    error_message = "The functions are named ${aws_lambda_function.websocket_handler.function_name} and ${aws_lambda_function.processor.function_name}."
  }

  assert {
    condition     = { for key, role in aws_iam_role.function : key => role.name } == { websocket_handler = "${var.project}-websocket-handler-ap-southeast-2", processor = "${var.project}-processor-ap-southeast-2" }
    error_message = "Role names are global and must contain the region."
  }

  assert {
    condition     = aws_sqs_queue.dead_letter.name == "${var.project}-dead-letters"
    error_message = "The dead-letter queue is named ${aws_sqs_queue.dead_letter.name}."
  }

  assert {
    condition     = aws_lambda_function.processor.dead_letter_config[0].target_arn == "arn:aws:sqs:ap-southeast-2:123456789012:${var.project}-dead-letters"
    error_message = "The processor's dead letters go to ${aws_lambda_function.processor.dead_letter_config[0].target_arn}, which is not the queue."
  }

  assert {
    condition     = aws_cloudwatch_dashboard.this.dashboard_name == "${var.project}-ap-southeast-2"
    error_message = "Dashboard names are global and must contain the region."
  }

  assert {
    condition     = alltrue([for role in aws_iam_role.function : length(role.name) <= 64])
    error_message = "A role name is longer than 64 characters."
  }

  # 80% of AWS's quota of 500 per second.
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connect-rate"].threshold == 120000
    error_message = "The alarm connect-rate does not fire at AWS's quota of new connections. Its threshold is ${aws_cloudwatch_metric_alarm.this["connect-rate"].threshold}."
  }
}

run "defaults" {
  command = plan

  assert {
    condition = { for key, permission in aws_lambda_permission.route : key => permission.source_arn } == {
      connect    = "arn:aws:execute-api:us-east-1:123456789012:abc123/production/$connect"
      disconnect = "arn:aws:execute-api:us-east-1:123456789012:abc123/production/$disconnect"
      default    = "arn:aws:execute-api:us-east-1:123456789012:abc123/production/$default"
    }
    error_message = "A source ARN is not exactly that of its route."
  }

  assert {
    condition     = alltrue([for permission in aws_lambda_permission.route : permission.principal == "apigateway.amazonaws.com"])
    error_message = "A principal other than API Gateway is allowed to invoke the handler."
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].throttling_rate_limit == 500 && aws_apigatewayv2_stage.this.default_route_settings[0].throttling_burst_limit == 1000
    error_message = "The stage does not have the throttling limits of the variables."
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].logging_level == "OFF"
    error_message = "Execution logs are on, and contain client data."
  }

  assert {
    condition     = jsondecode(aws_apigatewayv2_stage.this.access_log_settings[0].format).connectionId == "$context.connectionId"
    error_message = "An access log line does not contain the connection ID."
  }

  # API Gateway rejects a format without an ID, and one of more than 3 KB.
  assert {
    condition     = strcontains(aws_apigatewayv2_stage.this.access_log_settings[0].format, "$context.requestId") && length(aws_apigatewayv2_stage.this.access_log_settings[0].format) < 3072
    error_message = "API Gateway rejects this access log format."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.function["websocket_handler"].policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "InvokeProcessor"
          Effect   = "Allow"
          Action   = "lambda:InvokeFunction"
          Resource = "arn:aws:lambda:us-east-1:123456789012:function:websocket-lambda-processor"
        },
        {
          Sid      = "ReplyToConnections"
          Effect   = "Allow"
          Action   = "execute-api:ManageConnections"
          Resource = "arn:aws:execute-api:us-east-1:123456789012:abc123/production/POST/@connections/*"
        },
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:PutLogEvents", "logs:CreateLogStream"]
          Resource = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/websocket-lambda-websocket-handler:*"
        },
      ]
    }
    error_message = "The handler's policy is ${aws_iam_role_policy.function["websocket_handler"].policy}"
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.function["processor"].policy) == {
      Version = "2012-10-17"
      Statement = [
        {
          Sid      = "ReplyToConnections"
          Effect   = "Allow"
          Action   = "execute-api:ManageConnections"
          Resource = "arn:aws:execute-api:us-east-1:123456789012:abc123/production/POST/@connections/*"
        },
        {
          Sid      = "CheckConnections"
          Effect   = "Allow"
          Action   = "execute-api:ManageConnections"
          Resource = "arn:aws:execute-api:us-east-1:123456789012:abc123/production/GET/@connections/*"
        },
        {
          Sid      = "KeepDeadLetters"
          Effect   = "Allow"
          Action   = "sqs:SendMessage"
          Resource = "arn:aws:sqs:us-east-1:123456789012:websocket-lambda-dead-letters"
        },
        {
          Sid      = "ReportFailure"
          Effect   = "Allow"
          Action   = "lambda:InvokeFunction"
          Resource = "arn:aws:lambda:us-east-1:123456789012:function:websocket-lambda-websocket-handler"
        },
        {
          Sid      = "WriteLogs"
          Effect   = "Allow"
          Action   = ["logs:PutLogEvents", "logs:CreateLogStream"]
          Resource = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/websocket-lambda-processor:*"
        },
      ]
    }
    error_message = "The processor's policy is ${aws_iam_role_policy.function["processor"].policy}"
  }

  assert {
    condition = alltrue([
      for role in aws_iam_role.function :
      [for statement in jsondecode(role.assume_role_policy).Statement : statement.Principal] == [{ Service = "lambda.amazonaws.com" }]
    ])
    error_message = "A role can be assumed by something other than Lambda."
  }

  assert {
    condition = alltrue([
      for function in [aws_lambda_function.websocket_handler, aws_lambda_function.processor] :
      function.runtime == "nodejs22.x" && function.handler == "index.handler" && function.architectures == tolist(["arm64"]) && function.memory_size == 256
    ])
    error_message = "A function does not run index.handler on nodejs22.x, arm64 and 256 MB."
  }

  assert {
    condition     = aws_lambda_function.websocket_handler.timeout < 29
    error_message = "The handler's timeout is longer than the 29 seconds that API Gateway waits."
  }

  # For the provider, -1 means no reservation.
  assert {
    condition     = aws_lambda_function.websocket_handler.reserved_concurrent_executions == -1 && aws_lambda_function.processor.reserved_concurrent_executions == -1
    error_message = "Concurrency is reserved by default, which fails in an account with a small quota."
  }

  assert {
    condition = alltrue([for name, metric in { connect-rate = "ConnectCount", client-errors = "ClientError", execution-errors = "ExecutionError" } :
      [for alarm in [aws_cloudwatch_metric_alarm.this[name]] : [alarm.namespace, alarm.metric_name, alarm.statistic, alarm.dimensions]]
      == [["AWS/ApiGateway", metric, "Sum", tomap({ ApiId = "abc123", Stage = "production" })]]
    ])
    error_message = "An alarm on the stage does not watch the stage's metric."
  }

  assert {
    condition = alltrue([
      for function in [aws_lambda_function.websocket_handler, aws_lambda_function.processor] :
      function.tracing_config[0].mode == "PassThrough"
    ])
    error_message = "X-Ray traces a function by default."
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].detailed_metrics_enabled == false
    error_message = "The stage has detailed metrics by default."
  }

  # In milliseconds, half of the maximum event age of one minute.
  assert {
    condition = [for alarm in [aws_cloudwatch_metric_alarm.this["processor-event-age"]] :
      [alarm.namespace, alarm.metric_name, alarm.statistic, alarm.threshold, alarm.dimensions]
    ] == [["AWS/Lambda", "AsyncEventAge", "Maximum", 30000, tomap({ FunctionName = "websocket-lambda-processor" })]]
    error_message = "The alarm processor-event-age does not fire at half of the maximum event age."
  }

  assert {
    condition = [for alarm in [aws_cloudwatch_metric_alarm.this["processor-events-dropped"]] :
      [alarm.namespace, alarm.metric_name, alarm.statistic, alarm.threshold, alarm.dimensions]
    ] == [["AWS/Lambda", "AsyncEventsDropped", "Sum", 0, tomap({ FunctionName = "websocket-lambda-processor" })]]
    error_message = "The alarm processor-events-dropped does not count the processor's dropped events."
  }

  assert {
    condition = { for query in aws_cloudwatch_query_definition.this : query.name => query.log_group_names } == {
      "websocket-lambda/latency-by-action" = tolist(["/aws/lambda/websocket-lambda-processor"])
      "websocket-lambda/slowest-requests"  = tolist(["/aws/lambda/websocket-lambda-processor"])
      "websocket-lambda/errors-by-code"    = tolist(["/aws/lambda/websocket-lambda-websocket-handler", "/aws/lambda/websocket-lambda-processor"])
      "websocket-lambda/one-message"       = tolist(["/aws/lambda/websocket-lambda-websocket-handler", "/aws/lambda/websocket-lambda-processor"])
    }
    error_message = "The saved queries are ${jsonencode({ for query in aws_cloudwatch_query_definition.this : query.name => query.log_group_names })}."
  }

  assert {
    condition = length(setsubtract(
      ["ConnectCount", "MessageCount", "Errors", "Duration", "ProcessorTimeouts", "ApproximateNumberOfMessagesVisible"],
      flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for metric in widget.properties.metrics : metric[1]]])
    )) == 0
    error_message = "A metric is missing from the dashboard."
  }
}

run "resources_refer_to_each_other" {
  command = plan

  override_resource {
    target          = aws_apigatewayv2_integration.websocket_handler
    override_during = plan
    values          = { id = "int123" }
  }

  override_resource {
    target          = aws_lambda_function.websocket_handler
    override_during = plan
    values          = { arn = "arn:aws:lambda:us-east-1:123456789012:function:websocket-lambda-websocket-handler" }
  }

  override_resource {
    target          = aws_sqs_queue.dead_letter
    override_during = plan
    values          = { url = "https://sqs.us-east-1.amazonaws.com/123456789012/websocket-lambda-dead-letters" }
  }

  assert {
    condition     = toset([for route in aws_apigatewayv2_route.this : route.route_key]) == toset(["$connect", "$default", "$disconnect"])
    error_message = "The routes are not $connect, $default and $disconnect."
  }

  assert {
    condition     = alltrue([for route in aws_apigatewayv2_route.this : route.target == "integrations/int123" && route.route_response_selection_expression == null])
    error_message = "A route does not use the integration, or has a route response."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.processor.destination_config[0].on_failure[0].destination == aws_lambda_function.websocket_handler.arn
    error_message = "The handler is not the on-failure destination of the processor."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.processor.maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.processor.maximum_event_age_in_seconds == 60
    error_message = "The default must be no retry and a maximum event age of one minute."
  }

  # The retries of a record start after 60 and another 120 seconds. Each attempt takes up to 15.
  assert {
    condition     = aws_lambda_function_event_invoke_config.websocket_handler.maximum_retry_attempts == 2 && aws_lambda_function_event_invoke_config.websocket_handler.maximum_event_age_in_seconds == 60 + 120 + 4 * aws_lambda_function.websocket_handler.timeout
    error_message = "A failure record is not retried twice, or can be hours late."
  }

  assert {
    condition     = length(aws_lambda_function_event_invoke_config.websocket_handler.destination_config) == 0
    error_message = "The handler must have no destination and no dead-letter queue, because its failures could loop."
  }

  assert {
    condition     = length(aws_lambda_function.websocket_handler.dead_letter_config) == 0
    error_message = "The handler must have no destination and no dead-letter queue, because its failures could loop."
  }

  assert {
    condition     = aws_sqs_queue.dead_letter.sqs_managed_sse_enabled && aws_sqs_queue.dead_letter.message_retention_seconds == 1209600
    error_message = "Dead letters are not encrypted, or not kept for 14 days."
  }

  assert {
    condition = [output.websocket_url, output.management_endpoint, output.websocket_api_id, output.region] == [
      "wss://abc123.execute-api.us-east-1.amazonaws.com/production",
      "https://abc123.execute-api.us-east-1.amazonaws.com/production",
      "abc123",
      "us-east-1",
    ]
    error_message = "The URLs are ${output.websocket_url} and ${output.management_endpoint}."
  }

  assert {
    condition = [
      output.websocket_handler_function_name, output.processor_function_name,
      output.websocket_handler_log_group_name, output.processor_log_group_name, output.access_log_group_name,
      output.dead_letter_queue_url,
      ] == [
      "websocket-lambda-websocket-handler", "websocket-lambda-processor",
      "/aws/lambda/websocket-lambda-websocket-handler", "/aws/lambda/websocket-lambda-processor", "/aws/apigateway/websocket-lambda",
      "https://sqs.us-east-1.amazonaws.com/123456789012/websocket-lambda-dead-letters",
    ]
    error_message = "An output has the wrong value."
  }
}

run "resources_use_the_variables" {
  command = plan

  variables {
    allowed_origins       = ["https://app.example.com", "http://localhost:5173"]
    log_retention_days    = 30
    alarm_topic_arns      = ["arn:aws:sns:us-east-1:123456789012:alerts"]
    throttling_rate_limit = 100
    system_log_level      = "WARN"
  }

  assert {
    condition = tomap(aws_lambda_function.websocket_handler.environment[0].variables) == tomap({
      PROCESSOR_FUNCTION_NAME = "websocket-lambda-processor"
      MANAGEMENT_ENDPOINT     = "https://abc123.execute-api.us-east-1.amazonaws.com/production"
      ALLOWED_ORIGINS         = "https://app.example.com,http://localhost:5173"
    })
    error_message = "The handler's environment is ${jsonencode(aws_lambda_function.websocket_handler.environment[0].variables)}"
  }

  assert {
    condition = tomap(aws_lambda_function.processor.environment[0].variables) == tomap({
      MANAGEMENT_ENDPOINT = "https://abc123.execute-api.us-east-1.amazonaws.com/production"
    })
    error_message = "The processor's environment is ${jsonencode(aws_lambda_function.processor.environment[0].variables)}"
  }

  assert {
    condition = {
      for function in [aws_lambda_function.websocket_handler, aws_lambda_function.processor] :
      function.function_name => [function.logging_config[0].log_format, function.logging_config[0].log_group]
      } == {
      websocket-lambda-websocket-handler = ["JSON", "/aws/lambda/websocket-lambda-websocket-handler"]
      websocket-lambda-processor         = ["JSON", "/aws/lambda/websocket-lambda-processor"]
    }
    error_message = "A function does not log JSON to its own log group."
  }

  assert {
    condition = alltrue([
      for function in [aws_lambda_function.websocket_handler, aws_lambda_function.processor] :
      function.logging_config[0].system_log_level == "WARN"
    ])
    error_message = "A function does not have the log level of system_log_level."
  }

  assert {
    condition     = alltrue([for group in concat(values(aws_cloudwatch_log_group.function), [aws_cloudwatch_log_group.access]) : group.retention_in_days == 30])
    error_message = "The retention of a log group is not log_retention_days."
  }

  assert {
    condition = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset([
      "websocket-handler-errors", "websocket-handler-throttles", "invoke-failures",
      "processor-errors", "processor-timeouts", "processor-throttles",
      "processor-event-age", "processor-events-dropped",
      "dead-letters", "dead-letter-errors", "destination-delivery-failures",
      "message-rate", "connect-rate", "client-errors", "execution-errors",
    ])
    error_message = "The alarms are ${join(", ", keys(aws_cloudwatch_metric_alarm.this))}."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:alerts"])])
    error_message = "An alarm does not notify the topic."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.ok_actions == null])
    error_message = "An alarm notifies by default when it returns to OK."
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.this["processor-timeouts"].namespace,
      aws_cloudwatch_metric_alarm.this["processor-timeouts"].metric_name,
      ] == [
      aws_cloudwatch_log_metric_filter.processor_timeouts.metric_transformation[0].namespace,
      aws_cloudwatch_log_metric_filter.processor_timeouts.metric_transformation[0].name,
    ]
    error_message = "The alarm processor-timeouts does not watch the metric of its filter."
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.this["invoke-failures"].namespace,
      aws_cloudwatch_metric_alarm.this["invoke-failures"].metric_name,
      ] == [
      aws_cloudwatch_log_metric_filter.invoke_failures.metric_transformation[0].namespace,
      aws_cloudwatch_log_metric_filter.invoke_failures.metric_transformation[0].name,
    ]
    error_message = "The alarm invoke-failures does not watch the metric of its filter."
  }

  # A flood at the limit fires the alarms on rates, and traffic at half the limit does not.
  # The sums of 300 seconds must not include replies. Otherwise traffic with replies at half
  # the limit would look like a flood without replies at the limit.
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["message-rate"].threshold < 100 * 300 && aws_cloudwatch_metric_alarm.this["message-rate"].threshold > 50 * 300
    error_message = "The alarm message-rate fires above ${aws_cloudwatch_metric_alarm.this["message-rate"].threshold} messages."
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.this["message-rate"].namespace,
      aws_cloudwatch_metric_alarm.this["message-rate"].metric_name,
      aws_cloudwatch_metric_alarm.this["message-rate"].dimensions["FunctionName"],
      aws_cloudwatch_metric_alarm.this["message-rate"].statistic,
    ] == ["AWS/Lambda", "Invocations", "websocket-lambda-websocket-handler", "Sum"]
    error_message = "The alarm message-rate does not count incoming messages."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["connect-rate"].threshold < 100 * 300 && aws_cloudwatch_metric_alarm.this["connect-rate"].threshold > 50 * 300
    error_message = "The alarm connect-rate fires above ${aws_cloudwatch_metric_alarm.this["connect-rate"].threshold} connects."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["client-errors"].threshold <= 10 * 300
    error_message = "A flood of 110% of the throttle does not fire the alarm client-errors."
  }
}

run "tracing_detailed_metrics_and_ok_actions" {
  command = plan

  variables {
    tracing                      = true
    detailed_metrics_enabled     = true
    ok_actions_enabled           = true
    alarm_topic_arns             = ["arn:aws:sns:us-east-1:123456789012:alerts"]
    jwt_issuer                   = "https://login.example.com"
    jwt_audience                 = ["chat"]
    maximum_retry_attempts       = 1
    maximum_event_age_in_seconds = 200
  }

  assert {
    condition = alltrue([
      for function in [aws_lambda_function.websocket_handler, aws_lambda_function.processor, aws_lambda_function.authorizer[0]] :
      function.tracing_config[0].mode == "Active"
    ])
    error_message = "X-Ray does not trace every function."
  }

  assert {
    condition = alltrue([
      for policy in [data.aws_iam_policy_document.websocket_handler, data.aws_iam_policy_document.processor, data.aws_iam_policy_document.authorizer[0]] :
      [for statement in jsondecode(policy.json).Statement : [statement.Action, statement.Resource] if statement.Sid == "SendTraces"] == [
        [["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"],
      ]
    ])
    error_message = "A role is not allowed to send traces."
  }

  assert {
    condition     = aws_apigatewayv2_stage.this.default_route_settings[0].detailed_metrics_enabled
    error_message = "The stage has no detailed metrics."
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.this) == 17 && alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.ok_actions == toset(["arn:aws:sns:us-east-1:123456789012:alerts"])])
    error_message = "An alarm does not notify the topic when it returns to OK."
  }

  # A retry that starts after 60 to 100 seconds must not fire the alarm.
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["processor-event-age"].threshold == 150000
    error_message = "The alarm processor-event-age is not halfway between the last retry and the maximum event age: ${aws_cloudwatch_metric_alarm.this["processor-event-age"].threshold} ms."
  }
}

run "the_urls_have_the_endpoint_of_the_server" {
  command = plan

  override_resource {
    target          = aws_apigatewayv2_api.this
    override_during = plan
    values = {
      id            = "websocket0"
      api_endpoint  = "ws://localhost:4566/_aws/execute-api/websocket0"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:websocket0"
    }
  }

  assert {
    condition     = output.websocket_url == "ws://localhost:4566/_aws/execute-api/websocket0/production"
    error_message = "Clients of another endpoint would connect to ${output.websocket_url}."
  }

  assert {
    condition     = aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT == "http://localhost:4566/_aws/execute-api/websocket0/production"
    error_message = "Replies would be posted to ${output.management_endpoint}."
  }
}

run "a_missing_bundle_fails_the_plan" {
  command = plan

  variables {
    bundle_directory = "./tests/no-such-folder"
  }

  expect_failures = [
    aws_lambda_function.websocket_handler,
    aws_lambda_function.processor,
  ]
}
