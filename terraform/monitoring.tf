locals {
  # The defaults are below: the sum of a Lambda metric over five minutes, above 0,
  # and missing data is not breaching. An alarm costs about $0.10 a month. The first
  # ten of an account are free. There are 15, and 17 with jwt_issuer.
  alarms = {
    websocket-handler-errors = {
      description = "The websocket-handler threw an error or timed out. Clients got \"Internal server error\", were refused, or got no error frame for a failed job. See the websocket-handler's log group."
      metric_name = "Errors"
      dimensions  = { FunctionName = local.function_names.websocket_handler }
    }

    websocket-handler-throttles = {
      description = "The websocket-handler was throttled, so connections and messages were refused. Raise websocket_handler_reserved_concurrency or the account's concurrency quota."
      metric_name = "Throttles"
      dimensions  = { FunctionName = local.function_names.websocket_handler }
    }

    # The client gets an error frame, so for Lambda the websocket-handler succeeds.
    invoke-failures = {
      description = "The websocket-handler could not invoke the processor, and the client got UNAVAILABLE. The error is in the websocket-handler's log group. Common causes: Lambda throttled the call, or the role is not allowed to invoke the processor."
      namespace   = aws_cloudwatch_log_metric_filter.invoke_failures.metric_transformation[0].namespace
      metric_name = aws_cloudwatch_log_metric_filter.invoke_failures.metric_transformation[0].name
      dimensions  = {}
    }

    processor-errors = {
      description = "The processor threw an error, crashed, timed out or could not post a reply. The error is in the processor's log group. The job is in the dead-letter queue."
      metric_name = "Errors"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    processor-timeouts = {
      description = "A job ran longer than processor_timeout (${var.processor_timeout} s). Raise processor_timeout or processor_memory_size, or make the action faster."
      namespace   = aws_cloudwatch_log_metric_filter.processor_timeouts.metric_transformation[0].namespace
      metric_name = aws_cloudwatch_log_metric_filter.processor_timeouts.metric_transformation[0].name
      dimensions  = {}
    }

    processor-throttles = {
      description = "The processor is throttled, so jobs wait. They fail after ${var.maximum_event_age_in_seconds} s. Raise processor_reserved_concurrency or the account's concurrency quota."
      metric_name = "Throttles"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    # The interval between the attempts to run a throttled job grows exponentially, up
    # to five minutes. So a job that has waited for more than half of its maximum age
    # is probably too old at the next attempt. A retry of a failed job waits in any
    # case, so only the time after the last retry is halved.
    processor-event-age = {
      description = "Jobs wait more than ${floor(local.event_age_threshold)} s for the processor. They fail after ${var.maximum_event_age_in_seconds} s. The processor is throttled: raise processor_reserved_concurrency or the account's concurrency quota, or make the actions faster."
      metric_name = "AsyncEventAge"
      dimensions  = { FunctionName = local.function_names.processor }
      statistic   = "Maximum"
      threshold   = 1000 * local.event_age_threshold
    }

    # Counts all failed jobs, also those that never ran and are not in Errors. Unlike
    # dead-letters, it returns to OK after a failure, so the next one notifies again.
    processor-events-dropped = {
      description = "Jobs failed: they have no retries left, or waited longer than maximum_event_age_in_seconds (${var.maximum_event_age_in_seconds} s). Their clients got an error frame. The jobs are in the dead-letter queue. If processor-errors is OK, they never ran: see processor-throttles."
      metric_name = "AsyncEventsDropped"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    # The last two steps of the failure path. If one fails, a job is lost or its
    # client gets no error frame, and only these metrics show it.
    dead-letter-errors = {
      description = "Lambda could not send a failed job to the dead-letter queue. The job is lost. Check that the queue exists and that the processor's role is allowed to send to it."
      metric_name = "DeadLetterErrors"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    destination-delivery-failures = {
      description = "Lambda could not send a failure record to the websocket-handler, so the client gets no PROCESSING_FAILED. Check that the processor's role is allowed to invoke the websocket-handler."
      metric_name = "DestinationDeliveryFailures"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    # An idle queue stops reporting after some hours. That must not end the alarm
    # while the messages are still there.
    dead-letters = {
      description        = "The dead-letter queue contains failed jobs. Fix the cause, then run npm run redrive or purge the queue."
      namespace          = "AWS/SQS"
      metric_name        = "ApproximateNumberOfMessagesVisible"
      dimensions         = { QueueName = local.dead_letter_queue_name }
      statistic          = "Maximum"
      treat_missing_data = "ignore"
    }

    # Not API Gateway's MessageCount: it includes replies, so a flood without replies
    # looks like normal traffic at half its rate. Each message that passes the throttle
    # is one invocation, and so is each connect, disconnect and failure record. If every
    # connection sends one message, all of them together reach 80%, and the messages
    # 27%.
    message-rate = {
      description = "The rate of invocations of the websocket-handler is above 80% of throttling_rate_limit (${var.throttling_rate_limit} per second). Raise the limit, or find the client that floods the API: the access log has sourceIp."
      metric_name = "Invocations"
      dimensions  = { FunctionName = local.function_names.websocket_handler }
      threshold   = 0.8 * var.throttling_rate_limit * 300
    }

    # Open connections are half of the possible cost of abuse. AWS's quota is 500 new
    # connections per second and account, even if the throttle is higher.
    connect-rate = {
      description = "The rate of new connections is above 80% of the limit: throttling_rate_limit (${var.throttling_rate_limit} per second) or AWS's quota of 500 per second, whichever is lower. Find the clients that open many connections (the access log has sourceIp), or raise both limits."
      namespace   = "AWS/ApiGateway"
      metric_name = "ConnectCount"
      dimensions  = local.stage_dimensions
      threshold   = 0.8 * min(var.throttling_rate_limit, 500) * 300
    }

    # AWS's definition: 4XX responses before API Gateway calls the handler. So it should
    # count a 429, and a 401 or 403 of the authorizer, but no capture confirms this. A
    # capture shows that the handler's own 403 counts. Some invalid tokens and
    # disconnected clients are normal, so the threshold is 10% of the limit.
    client-errors = {
      description = "API Gateway refuses connections or messages at a rate above 10% of throttling_rate_limit (${var.throttling_rate_limit} per second). The clients exceed the throttling limit (429), or have no valid token or an origin that is not allowed (401, 403). Find the clients: the access log has status and sourceIp."
      namespace   = "AWS/ApiGateway"
      metric_name = "ClientError"
      dimensions  = local.stage_dimensions
      threshold   = 0.1 * var.throttling_rate_limit * 300
    }

    # If API Gateway is not allowed to invoke a function, the function's own metrics do
    # not show it. IntegrationError does not either: captures show that it stays 0 if a
    # function can't be invoked or responds with 503. There is no capture of a function
    # that throws. The alarm websocket-handler-errors covers that case.
    execution-errors = {
      description = "API Gateway could not invoke the websocket-handler, or the websocket-handler failed. Clients got \"Internal server error\" or were refused. If the alarms websocket-handler-errors and websocket-handler-throttles are OK, API Gateway is not allowed to invoke the function: run terraform plan and look for a missing aws_lambda_permission."
      namespace   = "AWS/ApiGateway"
      metric_name = "ExecutionError"
      dimensions  = local.stage_dimensions
    }
  }

  # In seconds.
  event_age_threshold = (local.last_retry_age + var.maximum_event_age_in_seconds) / 2

  stage_dimensions = { ApiId = aws_apigatewayv2_api.this.id, Stage = var.stage }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = merge(local.alarms, local.authorizer_alarms)

  alarm_name          = "${var.project}-${each.key}"
  alarm_description   = each.value.description
  namespace           = lookup(each.value, "namespace", "AWS/Lambda")
  metric_name         = each.value.metric_name
  dimensions          = each.value.dimensions
  statistic           = lookup(each.value, "statistic", "Sum")
  comparison_operator = "GreaterThanThreshold"
  threshold           = lookup(each.value, "threshold", 0)
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = lookup(each.value, "treat_missing_data", "notBreaching")
  alarm_actions       = var.alarm_topic_arns
  ok_actions          = var.ok_actions_enabled ? var.alarm_topic_arns : []
}

moved {
  from = aws_cloudwatch_metric_alarm.this["hand-over-failures"]
  to   = aws_cloudwatch_metric_alarm.this["invoke-failures"]
}

resource "aws_cloudwatch_log_metric_filter" "invoke_failures" {
  name = "${var.project}-invoke-failures"

  # CloudWatch deletes a filter together with its log group. The id of the group is equal
  # to its name, but is unknown in a plan that replaces the group. So the plan replaces
  # the filter too.
  log_group_name = aws_cloudwatch_log_group.function["websocket_handler"].id
  pattern        = "{ $.message.code = \"UNAVAILABLE\" }"

  metric_transformation {
    namespace = var.project
    name      = "InvokeFailures"
    value     = "1"
  }
}

moved {
  from = aws_cloudwatch_log_metric_filter.hand_over_failures
  to   = aws_cloudwatch_log_metric_filter.invoke_failures
}

# Lambda has no metric for timeouts, and its log no longer has the line "Task timed
# out" that older filters look for.
resource "aws_cloudwatch_log_metric_filter" "processor_timeouts" {
  name           = "${var.project}-processor-timeouts"
  log_group_name = aws_cloudwatch_log_group.function["processor"].id
  pattern        = "{ $.type = \"platform.report\" && $.record.status = \"timeout\" }"

  # Without default_value. A custom metric is billed only for hours with data, so it
  # costs nothing until a job times out.
  metric_transformation {
    namespace = var.project
    name      = "ProcessorTimeouts"
    value     = "1"
  }
}

locals {
  widgets = [
    {
      title = "Connections and messages"
      stat  = "Sum"
      metrics = concat(
        [
          for name in ["ConnectCount", "MessageCount"] :
          ["AWS/ApiGateway", name, "ApiId", aws_apigatewayv2_api.this.id, "Stage", var.stage]
        ],
        [["AWS/Lambda", "Invocations", "FunctionName", local.function_names.websocket_handler]]
      )
    },
    {
      title = "API errors"
      stat  = "Sum"
      metrics = [
        for name in ["ClientError", "ExecutionError", "IntegrationError"] :
        ["AWS/ApiGateway", name, "ApiId", aws_apigatewayv2_api.this.id, "Stage", var.stage]
      ]
    },
    {
      title = "Function errors and throttles"
      stat  = "Sum"
      metrics = concat(
        [
          for pair in setproduct(values(local.function_names), ["Errors", "Throttles"]) :
          ["AWS/Lambda", pair[1], "FunctionName", pair[0]]
        ],
        [[local.alarms.processor-timeouts.namespace, local.alarms.processor-timeouts.metric_name]]
      )
    },
    {
      title = "Function duration"
      stat  = "p95"
      metrics = [
        for pair in setproduct(values(local.function_names), ["p50", "p95", "Maximum"]) :
        ["AWS/Lambda", "Duration", "FunctionName", pair[0], { stat = pair[1], label = "${pair[0]} ${pair[1]}" }]
      ]
    },
    {
      title = "Jobs waiting for the processor"
      stat  = "Maximum"
      metrics = [
        ["AWS/Lambda", "AsyncEventAge", "FunctionName", local.function_names.processor],
        ["AWS/Lambda", "ConcurrentExecutions", "FunctionName", local.function_names.processor, { yAxis = "right" }],
      ]
    },
    {
      title = "Failed jobs"
      stat  = "Sum"
      metrics = [
        ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", local.dead_letter_queue_name, { stat = "Maximum" }],
        ["AWS/Lambda", "DeadLetterErrors", "FunctionName", local.function_names.processor],
        ["AWS/Lambda", "DestinationDeliveryFailures", "FunctionName", local.function_names.processor],
      ]
    },
  ]
}

# Dashboard names are global. They contain the region, so that a project can be deployed
# in several regions.
resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.project}-${var.region}"

  dashboard_body = jsonencode({
    widgets = [
      for index, widget in local.widgets : {
        type   = "metric"
        x      = index % 2 * 12
        y      = floor(index / 2) * 6
        width  = 12
        height = 6
        properties = merge(widget, {
          view   = "timeSeries"
          region = var.region
          period = 300
        })
      }
    ]
  })
}
