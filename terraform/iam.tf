locals {
  # The resources for POST (send a message), GET (get the status of a connection) and
  # DELETE (close a connection). AWS checks the literal "…/@connections/{connectionId}".
  # Without the final "/*", as in AWS's guide, all calls are denied.
  #
  # A local value, because Terraform reads a data source that refers to a resource only
  # during the apply if that resource changes. The plan would not show the policy.
  connections_arn = {
    for method in ["POST", "GET", "DELETE"] :
    method => "${aws_apigatewayv2_api.this.execution_arn}/${var.stage}/${method}/@connections/*"
  }
}

data "aws_iam_policy_document" "assume_role" {
  statement {
    sid     = "RunAsFunction"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

# These X-Ray actions do not support resource ARNs.
data "aws_iam_policy_document" "tracing" {
  count = var.tracing ? 1 : 0

  statement {
    sid       = "SendTraces"
    actions   = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "websocket_handler" {
  source_policy_documents = data.aws_iam_policy_document.tracing[*].json

  statement {
    sid       = "InvokeProcessor"
    actions   = ["lambda:InvokeFunction"]
    resources = [local.function_arns.processor]
  }

  statement {
    sid       = "ReplyToConnections"
    actions   = ["execute-api:ManageConnections"]
    resources = [local.connections_arn["POST"]]
  }

  # To close connections whose token has expired.
  dynamic "statement" {
    for_each = local.has_authorizer ? ["DELETE"] : []

    content {
      sid       = "DisconnectClients"
      actions   = ["execute-api:ManageConnections"]
      resources = [local.connections_arn[statement.value]]
    }
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn_prefix}:logs:${local.arn_scope}:log-group:${local.function_log_group_names.websocket_handler}:*"]
  }
}

data "aws_iam_policy_document" "processor" {
  source_policy_documents = data.aws_iam_policy_document.tracing[*].json

  statement {
    sid       = "ReplyToConnections"
    actions   = ["execute-api:ManageConnections"]
    resources = [local.connections_arn["POST"]]
  }

  # To stop actions whose client has disconnected.
  statement {
    sid       = "CheckConnections"
    actions   = ["execute-api:ManageConnections"]
    resources = [local.connections_arn["GET"]]
  }

  # Lambda sends dead letters and failure records with the role of the function that
  # failed, so the processor needs these two permissions.
  statement {
    sid       = "KeepDeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [local.dead_letter_queue_arn]
  }

  statement {
    sid       = "ReportFailure"
    actions   = ["lambda:InvokeFunction"]
    resources = [local.function_arns.websocket_handler]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn_prefix}:logs:${local.arn_scope}:log-group:${local.function_log_group_names.processor}:*"]
  }
}

# The authorizer calls no AWS service. It fetches only the issuer's public keys.
data "aws_iam_policy_document" "authorizer" {
  count = local.has_authorizer ? 1 : 0

  source_policy_documents = data.aws_iam_policy_document.tracing[*].json

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${local.arn_prefix}:logs:${local.arn_scope}:log-group:${local.function_log_group_names.authorizer}:*"]
  }
}

# Role names are global. They contain the region, so that a project can be deployed in
# several regions.
resource "aws_iam_role" "function" {
  for_each = local.function_names

  name               = "${each.value}-${var.region}"
  description        = "Execution role of the function ${each.value}"
  assume_role_policy = data.aws_iam_policy_document.assume_role.json

  depends_on = [aws_cloudwatch_log_group.access]
}

resource "aws_iam_role_policy" "function" {
  for_each = merge(
    {
      websocket_handler = data.aws_iam_policy_document.websocket_handler.json
      processor         = data.aws_iam_policy_document.processor.json
    },
    { for document in data.aws_iam_policy_document.authorizer : "authorizer" => document.json }
  )

  name   = "permissions"
  role   = aws_iam_role.function[each.key].id
  policy = each.value
}
