# A deployment may change every resource whose name starts with its project.
# This limits mistakes, not attackers: a deployment creates roles and passes
# them to functions, so anyone who can change the code that an environment
# deploys can do anything in the account.
# Protect the environment production: required reviewers, and main only. For
# preview, docs/deploy.md has the choices.

data "aws_partition" "current" {}

locals {
  arn   = "arn:${data.aws_partition.current.partition}"
  scope = "${var.region}:${data.aws_caller_identity.current.account_id}"

  # From its name, so that the plan shows the policy.
  state_bucket_arn = "${local.arn}:s3:::${local.state_bucket}"
}

data "aws_iam_policy_document" "deployment" {
  for_each = var.environments

  statement {
    sid     = "Resources"
    actions = ["lambda:*", "logs:*", "sqs:*", "cloudwatch:*"]
    resources = [
      "${local.arn}:lambda:${local.scope}:function:${each.value}*",
      "${local.arn}:logs:${local.scope}:log-group:/aws/lambda/${each.value}*",
      "${local.arn}:logs:${local.scope}:log-group:/aws/apigateway/${each.value}*",
      "${local.arn}:sqs:${local.scope}:${each.value}*",
      "${local.arn}:cloudwatch:${local.scope}:alarm:${each.value}*",
      "${local.arn}:cloudwatch::${data.aws_caller_identity.current.account_id}:dashboard/${each.value}*",
    ]
  }

  # Their ARNs have ids instead of names.
  statement {
    sid     = "Apis"
    actions = ["apigateway:GET", "apigateway:POST", "apigateway:PUT", "apigateway:PATCH", "apigateway:DELETE", "apigateway:TagResource", "apigateway:UntagResource"]
    resources = [
      "${local.arn}:apigateway:${var.region}::/apis",
      "${local.arn}:apigateway:${var.region}::/apis/*",
      "${local.arn}:apigateway:${var.region}::/tags/*",
    ]
  }

  # These know no narrower resource.
  statement {
    sid       = "Lists"
    actions   = ["logs:DescribeLogGroups", "cloudwatch:DescribeAlarms"]
    resources = ["*"]
  }

  # Neither do saved queries.
  statement {
    sid       = "Queries"
    actions   = ["logs:PutQueryDefinition", "logs:DescribeQueryDefinitions", "logs:DeleteQueryDefinition"]
    resources = ["*"]
  }

  statement {
    sid = "Roles"
    actions = [
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "iam:ListRoleTags",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
    ]
    resources = ["${local.arn}:iam::${data.aws_caller_identity.current.account_id}:role/${each.value}*"]
  }

  statement {
    sid       = "RolesOfFunctions"
    actions   = ["iam:PassRole"]
    resources = ["${local.arn}:iam::${data.aws_caller_identity.current.account_id}:role/${each.value}*"]

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["lambda.amazonaws.com"]
    }
  }

  statement {
    sid       = "State"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    resources = ["${local.state_bucket_arn}/${each.value}*"]
  }

  # S3 says that a state isn't there yet to those alone who may list.
  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket_arn]
  }
}
