locals {
  # What an alarm leaves out is filled in below: the sum of a metric of Lambda
  # over five minutes, any above 0 is one too many, and no data is good news.
  # Each costs about $0.10 a month; the first ten of an account are free, and
  # these are 13, with jwt_issuer 15.
  alarms = {
    websocket-handler-errors = {
      description = "The websocket-handler threw or timed out. Clients got \"Internal server error\" or were refused. See its log group."
      metric_name = "Errors"
      dimensions  = { FunctionName = local.function_names.websocket_handler }
    }

    websocket-handler-throttles = {
      description = "The websocket-handler ran out of concurrency, so messages were refused. Raise its reserved concurrency or the account's quota."
      metric_name = "Throttles"
      dimensions  = { FunctionName = local.function_names.websocket_handler }
    }

    # The client is told, so that for Lambda the websocket-handler succeeds.
    hand-over-failures = {
      description = "Lambda did not take a job, so its client got UNAVAILABLE. See the websocket-handler's log group for the error: throttled, or its role may not invoke the processor."
      namespace   = aws_cloudwatch_log_metric_filter.hand_over_failures.metric_transformation[0].namespace
      metric_name = aws_cloudwatch_log_metric_filter.hand_over_failures.metric_transformation[0].name
      dimensions  = {}
    }

    processor-errors = {
      description = "The processor threw, crashed or timed out. See its log group, and the dead-letter queue for the jobs."
      metric_name = "Errors"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    processor-timeouts = {
      description = "A job took longer than processor_timeout (${var.processor_timeout} s)."
      namespace   = aws_cloudwatch_log_metric_filter.processor_timeouts.metric_transformation[0].namespace
      metric_name = aws_cloudwatch_log_metric_filter.processor_timeouts.metric_transformation[0].name
      dimensions  = {}
    }

    processor-throttles = {
      description = "Jobs wait because the processor ran out of concurrency; they fail after ${var.maximum_event_age_in_seconds} s. Raise its reserved concurrency or the account's quota."
      metric_name = "Throttles"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    # The last two links of the failure path: where one breaks, a job is lost or
    # its client never hears of it, and nothing but these metrics tells.
    dead-letter-errors = {
      description = "Lambda could not put a failed job into the dead-letter queue. The job is lost. Check the processor's role and the queue."
      metric_name = "DeadLetterErrors"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    destination-delivery-failures = {
      description = "Lambda could not report a failed job to the websocket-handler. Its client waits in vain. Check the processor's role."
      metric_name = "DestinationDeliveryFailures"
      dimensions  = { FunctionName = local.function_names.processor }
    }

    # A queue that nobody touches stops reporting after some hours. That must
    # not end the alarm while the messages are still there.
    dead-letters = {
      description        = "Failed jobs lie in the dead-letter queue. Mend the cause, then send them again or purge the queue."
      namespace          = "AWS/SQS"
      metric_name        = "ApproximateNumberOfMessagesVisible"
      dimensions         = { QueueName = local.dead_letter_queue_name }
      statistic          = "Maximum"
      treat_missing_data = "ignore"
    }

    # Not API Gateway's MessageCount: replies are in it, so that a flood without
    # replies reads like traffic at half its rate. Each message that the throttle
    # lets through is one invocation; but so are connects, disconnects and reports
    # of failed jobs. Where every connection sends one message, it is these
    # together that reach 80 %, and the messages 27 %.
    message-rate = {
      description = "The websocket-handler is invoked at 80 % of throttling_rate_limit (${var.throttling_rate_limit} per second). Raise the limit, or find the client that floods the API."
      metric_name = "Invocations"
      dimensions  = { FunctionName = local.function_names.websocket_handler }
      threshold   = 0.8 * var.throttling_rate_limit * 300
    }

    # Connections held open are half of what abuse can cost. AWS lets 500 a second
    # into an account, however high the throttle is.
    connect-rate = {
      description = "Clients connect at 80 % of what throttling_rate_limit (${var.throttling_rate_limit} per second) and AWS's quota of 500 new connections per second let through. Find out who holds so many open, or raise both."
      namespace   = "AWS/ApiGateway"
      metric_name = "ConnectCount"
      dimensions  = local.stage_dimensions
      threshold   = 0.8 * min(var.throttling_rate_limit, 500) * 300
    }

    # AWS's definition: responses with 4XX before API Gateway calls the handler. That
    # a 429 counts, and a 401 or 403 of the authorizer, follows from it, but is not
    # captured; the handler's own 403 is. Now and then a wrong token or a client that
    # left is normal; hence a tenth.
    client-errors = {
      description = "API Gateway refuses connects or messages at 10 % of throttling_rate_limit (${var.throttling_rate_limit} per second): more than the throttle lets through, or none that may connect. Find the client that floods the API."
      namespace   = "AWS/ApiGateway"
      metric_name = "ClientError"
      dimensions  = local.stage_dimensions
      threshold   = 0.1 * var.throttling_rate_limit * 300
    }

    # A function that API Gateway may not invoke has no metric of its own. Not
    # IntegrationError, which sounds like it: as captured, that stays 0 where a
    # function can't be invoked or answers with 503. There is no capture of a
    # function that throws, for which websocket-handler-errors is there.
    execution-errors = {
      description = "API Gateway could not invoke the websocket-handler, or it failed. Clients got \"Internal server error\" or were refused. If websocket-handler-errors and -throttles are quiet, API Gateway may not invoke it: see terraform plan for a missing aws_lambda_permission."
      namespace   = "AWS/ApiGateway"
      metric_name = "ExecutionError"
      dimensions  = local.stage_dimensions
    }
  }

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
}

resource "aws_cloudwatch_log_metric_filter" "hand_over_failures" {
  name = "${var.project}-hand-over-failures"

  # CloudWatch deletes a filter with its group. The id is the name, but unknown in a
  # plan that replaces the group, so that it replaces the filter too.
  log_group_name = aws_cloudwatch_log_group.function["websocket_handler"].id
  pattern        = "{ $.message.code = \"UNAVAILABLE\" }"

  metric_transformation {
    namespace = var.project
    name      = "HandOverFailures"
    value     = "1"
  }
}

# Lambda has no metric of time-outs, and its log no longer has the line "Task
# timed out" that older filters look for.
resource "aws_cloudwatch_log_metric_filter" "processor_timeouts" {
  name           = "${var.project}-processor-timeouts"
  log_group_name = aws_cloudwatch_log_group.function["processor"].id
  pattern        = "{ $.type = \"platform.report\" && $.record.status = \"timeout\" }"

  # No default_value: a custom metric is billed for the hours that have data,
  # and so costs nothing until a job times out.
  metric_transformation {
    namespace = var.project
    name      = "ProcessorTimeouts"
    value     = "1"
  }
}

locals {
  widgets = [
    {
      title = "Connects and messages"
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
      title = "Errors of the API"
      stat  = "Sum"
      metrics = [
        for name in ["ClientError", "ExecutionError", "IntegrationError"] :
        ["AWS/ApiGateway", name, "ApiId", aws_apigatewayv2_api.this.id, "Stage", var.stage]
      ]
    },
    {
      title = "Errors of the functions"
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
      title = "Duration of the functions"
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

# Dashboards are global: the region in the name lets one project live in several.
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
