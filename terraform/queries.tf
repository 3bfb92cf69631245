locals {
  # The fields are those of the functions' JSON log lines: see the table in
  # docs/operations.md. A folder of CloudWatch has the name of the project.
  queries = {
    latency-by-action = {
      functions = ["processor"]
      query     = <<-QUERY
        filter message.event = "reply posted" and ispresent(message.action)
        | stats count(*) as replies, pct(message.durationMs, 50) as p50, pct(message.durationMs, 95) as p95, max(message.durationMs) as slowest by message.action
        | sort p95 desc
      QUERY
    }

    # Each rejected or failed request once. "reply not posted" is followed by
    # "processing failed".
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

    # REQUEST_ID is for the user to replace.
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
