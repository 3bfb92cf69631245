# The role that API Gateway writes logs with. AWS keeps one such setting per
# account and region, shared by all its REST and WebSocket APIs, so this is a
# root module of its own: apply it once in each region, unless another team has
# set a role there already, and leave it when an application goes.
#
# A destroy deletes the role, and every API of the region loses its logs.
# Version 5 of the provider even leaves the setting behind, naming a role that
# is gone. An apply repairs that.

data "aws_iam_policy_document" "assume_role" {
  statement {
    sid     = "WriteAsApiGateway"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

# The actions of AWS's managed policy AmazonAPIGatewayPushToCloudWatchLogs,
# written out so that they change with a commit and not with an edit by AWS.
# The role serves APIs that are not known here, hence every log group.
data "aws_iam_policy_document" "push_logs" {
  statement {
    sid = "PushLogs"
    actions = [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:DescribeLogGroups",
      "logs:DescribeLogStreams",
      "logs:FilterLogEvents",
      "logs:GetLogEvents",
      "logs:PutLogEvents",
    ]
    resources = ["*"]
  }
}

# Roles are global, the setting is not: each region brings its own role.
resource "aws_iam_role" "cloudwatch" {
  name               = "api-gateway-cloudwatch-${var.region}"
  description        = "Allows API Gateway in ${var.region} to write the logs of all APIs"
  assume_role_policy = data.aws_iam_policy_document.assume_role.json
}

resource "aws_iam_role_policy" "push_logs" {
  name   = "push-logs"
  role   = aws_iam_role.cloudwatch.id
  policy = data.aws_iam_policy_document.push_logs.json
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.cloudwatch.arn

  # API Gateway tries the role at once and refuses one that cannot write yet.
  depends_on = [aws_iam_role_policy.push_logs]
}
