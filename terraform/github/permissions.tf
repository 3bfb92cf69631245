# A deployment can change all resources whose names start with its project. This
# protects against mistakes, not against attackers: a deployment creates roles and
# passes them to functions. So anyone who can change the code that an environment
# deploys has full access to the account. Protect the environment production with
# required reviewers, and allow only main. For preview, see docs/deploy.md.

data "aws_partition" "current" {}

locals {
  arn   = "arn:${data.aws_partition.current.partition}"
  scope = "${var.region}:${data.aws_caller_identity.current.account_id}"

  # Built from the name, so that the plan shows the policy.
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

  # The ARNs of APIs contain IDs instead of names.
  statement {
    sid     = "Apis"
    actions = ["apigateway:GET", "apigateway:POST", "apigateway:PUT", "apigateway:PATCH", "apigateway:DELETE", "apigateway:TagResource", "apigateway:UntagResource"]
    resources = [
      "${local.arn}:apigateway:${var.region}::/apis",
      "${local.arn}:apigateway:${var.region}::/apis/*",
      "${local.arn}:apigateway:${var.region}::/tags/*",
    ]
  }

  # These actions do not support resource ARNs.
  statement {
    sid       = "Lists"
    actions   = ["logs:DescribeLogGroups", "cloudwatch:DescribeAlarms"]
    resources = ["*"]
  }

  # The actions for saved queries do not support resource ARNs either.
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

  # Without this permission, S3 responds with 403 instead of 404 to a request for a
  # state that does not exist yet.
  statement {
    sid       = "FindState"
    actions   = ["s3:ListBucket"]
    resources = [local.state_bucket_arn]
  }
}
