locals {
  bundle_directory = coalesce(var.bundle_directory, "${path.module}/../dist")

  bundles = {
    websocket_handler = "${local.bundle_directory}/websocket-handler.zip"
    processor         = "${local.bundle_directory}/processor.zip"
    authorizer        = "${local.bundle_directory}/authorizer.zip"
  }

  # null instead of an error for a missing bundle, so that the precondition below fails
  # with its own message.
  bundle_hashes = {
    for key, path in local.bundles : key => fileexists(path) ? filebase64sha256(path) : null
  }

  # 20% cheaper per millisecond than x86_64. The bundles contain no native code.
  architectures = ["arm64"]

  # Set in each function, because the provider does not change the mode if the block is
  # missing.
  tracing_mode = var.tracing ? "Active" : "PassThrough"
}

# The function of all three routes. It also receives the failure records of the
# processor, and sends PROCESSING_FAILED to the clients of those jobs.
resource "aws_lambda_function" "websocket_handler" {
  function_name                  = local.function_names.websocket_handler
  description                    = "Handles the connections and messages of ${var.project} and invokes the processor for each message"
  role                           = aws_iam_role.function["websocket_handler"].arn
  filename                       = local.bundles.websocket_handler
  source_code_hash               = local.bundle_hashes.websocket_handler
  handler                        = "index.handler"
  runtime                        = var.runtime
  architectures                  = local.architectures
  memory_size                    = var.websocket_handler_memory_size
  reserved_concurrent_executions = var.websocket_handler_reserved_concurrency

  # Less than the 29 seconds that API Gateway waits, so that a handler that hangs fails
  # with a log line and an alarm.
  timeout = 15

  environment {
    variables = {
      PROCESSOR_FUNCTION_NAME = local.function_names.processor
      MANAGEMENT_ENDPOINT     = local.management_endpoint
      ALLOWED_ORIGINS         = join(",", var.allowed_origins)
    }
  }

  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function["websocket_handler"].name
    application_log_level = "INFO"
    system_log_level      = var.system_log_level
  }

  tracing_config {
    mode = local.tracing_mode
  }

  depends_on = [aws_iam_role_policy.function]

  lifecycle {
    precondition {
      condition     = fileexists(local.bundles.websocket_handler)
      error_message = "The file ${abspath(local.bundles.websocket_handler)} does not exist. Run `npm run build` first."
    }

    # Lambda grants the role access to the key of the environment variables by the ID of
    # the role, not by its name. If the role is created again, the function must be too.
    # Otherwise it fails to start with KMSAccessDeniedException.
    replace_triggered_by = [aws_iam_role.function["websocket_handler"].unique_id]
  }
}

# Runs the actions. Invoked asynchronously, so a slow action does not block other
# messages.
resource "aws_lambda_function" "processor" {
  function_name                  = local.function_names.processor
  description                    = "Runs the actions of ${var.project} and replies to the client"
  role                           = aws_iam_role.function["processor"].arn
  filename                       = local.bundles.processor
  source_code_hash               = local.bundle_hashes.processor
  handler                        = "index.handler"
  runtime                        = var.runtime
  architectures                  = local.architectures
  memory_size                    = var.processor_memory_size
  reserved_concurrent_executions = var.processor_reserved_concurrency
  timeout                        = var.processor_timeout

  environment {
    variables = {
      MANAGEMENT_ENDPOINT = local.management_endpoint
    }
  }

  # Unlike a failure record, a dead letter is the event itself. To run the job again,
  # invoke the processor with it.
  dead_letter_config {
    target_arn = local.dead_letter_queue_arn
  }

  # The alarm processor-timeouts counts reports of timeouts, which have the level WARN.
  logging_config {
    log_format            = "JSON"
    log_group             = aws_cloudwatch_log_group.function["processor"].name
    application_log_level = "INFO"
    system_log_level      = var.system_log_level
  }

  tracing_config {
    mode = local.tracing_mode
  }

  # Lambda rejects a dead-letter queue if the role is not allowed to send to it.
  depends_on = [aws_iam_role_policy.function]

  lifecycle {
    precondition {
      condition     = fileexists(local.bundles.processor)
      error_message = "The file ${abspath(local.bundles.processor)} does not exist. Run `npm run build` first."
    }

    replace_triggered_by = [aws_iam_role.function["processor"].unique_id]
  }
}

# By default, a failed job is not retried, because a reply that arrives minutes late is
# of no use on an open connection. The client gets an error frame at once and can send
# the request again. Lambda's own default is two retries, within six hours.
resource "aws_lambda_function_event_invoke_config" "processor" {
  # Deleted with the function; see aws_lambda_permission.route.
  function_name                = aws_lambda_function.processor.id
  maximum_retry_attempts       = var.maximum_retry_attempts
  maximum_event_age_in_seconds = var.maximum_event_age_in_seconds

  # Lambda does not allow the processor as its own destination. The handler has no
  # destination, so a failure record that it fails to handle cannot loop.
  destination_config {
    on_failure {
      destination = aws_lambda_function.websocket_handler.arn
    }
  }

  depends_on = [
    aws_iam_role_policy.function,
    aws_sqs_queue.dead_letter,
  ]
}

# Failure records are the only asynchronous invocations of the handler. Without this,
# Lambda would retry a throttled record for up to six hours. The maximum age is enough
# for both retries, after 60 and another 120 seconds, and 15 seconds for each attempt.
resource "aws_lambda_function_event_invoke_config" "websocket_handler" {
  function_name                = aws_lambda_function.websocket_handler.id
  maximum_retry_attempts       = 2
  maximum_event_age_in_seconds = 240
}
