# A role for each environment of the repository. GitHub signs a token that names the
# environment of a job, and AWS exchanges it for credentials that are valid for one
# hour. No secret is stored.

locals {
  issuer            = "token.actions.githubusercontent.com"
  oidc_provider_arn = coalesce(var.oidc_provider_arn, one(aws_iam_openid_connect_provider.github[*].arn))
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.oidc_provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "assume_role" {
  for_each = var.environments

  statement {
    sid     = "DeployFromEnvironment"
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [local.oidc_provider_arn]
    }

    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:aud"
      values   = ["sts.amazonaws.com"]
    }

    # The complete subject. Without this condition, any repository on GitHub could
    # deploy here. GitHub has two forms of subjects. A repository changes from names to
    # IDs when it is renamed or transferred, or opts in. So with IDs, both are trusted.
    # https://docs.github.com/en/actions/reference/security/oidc
    # https://github.com/aws-actions/configure-aws-credentials/issues/1888
    condition {
      test     = "StringEquals"
      variable = "${local.issuer}:sub"
      values   = [for name in distinct([local.repository, var.repository]) : "repo:${name}:environment:${each.key}"]
    }
  }
}

resource "aws_iam_role" "deployment" {
  for_each = var.environments

  name               = "github-${local.repository_name}-${each.key}-${var.region}"
  description        = "Allows the environment ${each.key} of ${var.repository} to deploy projects whose names start with ${each.value}"
  assume_role_policy = data.aws_iam_policy_document.assume_role[each.key].json
}

resource "aws_iam_role_policy" "deployment" {
  for_each = var.environments

  name   = "deploy"
  role   = aws_iam_role.deployment[each.key].id
  policy = data.aws_iam_policy_document.deployment[each.key].json
}
