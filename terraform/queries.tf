locals {
  # The fields of the functions' JSON log lines are in docs/operations.md. CloudWatch
  # shows the queries in a folder with the name of the project.
  queries = {
    latency-by-action = {
      functions = ["processor"]
      query     = <<-QUERY
        filter message.event = "reply posted" and ispresent(message.action)
        | stats count(*) as replies, pct(message.durationMs, 50) as p50, pct(message.durationMs, 95) as p95, max(message.durationMs) as slowest by message.action
        | sort p95 desc
      QUERY
    }

    # Counts each rejected or failed request once. "reply not posted" is not included,
    # because "processing failed" follows it.
    errors-by-code = {
      functions = ["websocket_handler", "processor"]
      query     = <<-QUERY
        filter message.event in ["message rejected", "reply posted", "processing failed"] and ispresent(message.code)
        | stats count(*) as errors by message.code
        | sort errors desc
      QUERY
    }

    slowest-requests = {
      functions = ["processor"]
      query     = <<-QUERY
        fields @timestamp, message.durationMs, message.action, message.outcome, message.requestId, message.connectionId
        | filter message.event = "reply posted"
        | sort message.durationMs desc
        | limit 20
      QUERY
    }

    # Replace REQUEST_ID before you run it.
    one-message = {
      functions = ["websocket_handler", "processor"]
      query     = <<-QUERY
        fields @timestamp, @log, level, message.event, message.action, message.durationMs, message.outcome, message.code, message.invocationId, message.connectionId
        | filter message.requestId = "REQUEST_ID"
        | sort @timestamp asc
        | limit 100
      QUERY
    }
  }
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = local.queries

  name            = "${var.project}/${each.key}"
  log_group_names = [for key in each.value.functions : aws_cloudwatch_log_group.function[key].name]
  query_string    = chomp(each.value.query)
}
