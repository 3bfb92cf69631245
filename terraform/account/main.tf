# The role with which API Gateway writes logs. AWS has one such setting per
# account and region, shared by all REST and WebSocket APIs, so this is a separate
# root module. Apply it once in each region, unless a role is already set there.
# Do not destroy it together with an application.
#
# A destroy deletes the role, and all APIs in the region stop logging. Version 5 of
# the provider does not reset the setting, which then names a role that no longer
# exists. An apply repairs it.

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

# The actions of the AWS managed policy AmazonAPIGatewayPushToCloudWatchLogs. They
# are listed here so that a change by AWS does not change the role. All log groups,
# because other APIs in the region use the role too.
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

# Role names are global, so the name contains the region.
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

  # API Gateway tests the role at once and rejects one without permissions.
  depends_on = [aws_iam_role_policy.push_logs]
}
