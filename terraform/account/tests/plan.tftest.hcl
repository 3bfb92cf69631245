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

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

override_resource {
  target          = aws_iam_role.cloudwatch
  override_during = plan
  values          = { arn = "arn:aws:iam::123456789012:role/api-gateway-cloudwatch-eu-central-1" }
}

run "api_gateway_writes_logs_with_the_role" {
  command = plan

  variables {
    region = "eu-central-1"
  }

  assert {
    condition     = aws_iam_role.cloudwatch.name == "api-gateway-cloudwatch-eu-central-1"
    error_message = "Role names are global and must contain the region."
  }

  assert {
    condition     = [for statement in jsondecode(aws_iam_role.cloudwatch.assume_role_policy).Statement : statement.Principal] == [{ Service = "apigateway.amazonaws.com" }]
    error_message = "The role can be assumed by something other than API Gateway."
  }

  # API Gateway checks these permissions when the role is set.
  assert {
    condition = toset(jsondecode(aws_iam_role_policy.push_logs.policy).Statement[0].Action) == toset([
      "logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams",
      "logs:FilterLogEvents", "logs:GetLogEvents", "logs:PutLogEvents",
    ])
    error_message = "The role does not allow exactly what AmazonAPIGatewayPushToCloudWatchLogs does."
  }

  assert {
    condition     = aws_api_gateway_account.this.cloudwatch_role_arn == aws_iam_role.cloudwatch.arn && output.cloudwatch_role_arn == aws_iam_role.cloudwatch.arn
    error_message = "The account does not use the role."
  }
}

run "an_availability_zone" {
  command = plan

  variables {
    region = "us-east-1a"
  }

  expect_failures = [var.region]
}
