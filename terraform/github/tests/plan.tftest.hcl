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

variables {
  repository        = "octocat@1/chat@2"
  oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
}

run "a_repository" {
  command = plan

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role.deployment["preview"].assume_role_policy).Statement : statement.Condition
      ] == [{ StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = ["repo:octocat/chat:environment:preview", "repo:octocat@1/chat@2:environment:preview"]
    } }]
    error_message = "The role preview must trust its environment only."
  }

  # A preview must not be able to change production.
  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.deployment["preview"].policy).Statement :
      alltrue([for resource in flatten([statement.Resource]) : strcontains(resource, "preview-")])
      if !contains(["Apis", "Lists", "Queries", "FindState"], statement.Sid)
    ])
    error_message = "A statement of the role preview covers resources other than those of projects that start with preview-."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.deployment["preview"].policy, "websocket-lambda")
    error_message = "The policy of the role preview contains the name of the production stack."
  }
}

run "a_repository_without_ids" {
  command = plan

  variables {
    repository = "octocat/chat"
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role.deployment["preview"].assume_role_policy).Statement :
      statement.Condition.StringEquals["token.actions.githubusercontent.com:sub"]
    ] == ["repo:octocat/chat:environment:preview"]
    error_message = "The role preview must trust its environment only."
  }

  assert {
    condition     = output.state_bucket == run.a_repository.state_bucket
    error_message = "The bucket name changes when IDs are added to repository."
  }
}

run "a_repository_with_the_same_name_and_another_owner" {
  command = plan

  variables {
    repository = "another-owner/chat-2"
  }

  assert {
    condition     = output.state_bucket != run.a_repository.state_bucket
    error_message = "Two repositories have the same bucket."
  }

  assert {
    condition = alltrue([
      for name in concat([aws_s3_bucket.state.bucket], values(aws_iam_role.deployment)[*].name) :
      strcontains(name, "-${local.repository_name}-")
    ])
    error_message = "A name does not contain the repository."
  }
}

run "the_longest_names" {
  command = plan

  variables {
    repository = "An-organization-with-a-name-of-39-chars/A.repository_with-an.extraordinary-name-of-100-characters-as-GitHub-takes-them-0123456789-0123456789"
    region     = "ap-southeast-1"
    environments = {
      quality-checks = "checks-"
    }
  }

  assert {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{61}[a-z0-9]$", aws_s3_bucket.state.bucket))
    error_message = "${aws_s3_bucket.state.bucket} is not a valid bucket name, or is shorter than possible."
  }

  assert {
    condition     = length(aws_iam_role.deployment["quality-checks"].name) == 64
    error_message = "${aws_iam_role.deployment["quality-checks"].name} does not have the maximum of 64 characters."
  }
}

run "a_repository_without_letters" {
  command = plan

  variables {
    repository = "octocat/-.-"
  }

  assert {
    condition     = can(regex("^tfstate-[0-9a-f]{6}-123456789012-us-east-1$", aws_s3_bucket.state.bucket))
    error_message = "${aws_s3_bucket.state.bucket} must contain only the hash of the repository."
  }
}

run "invalid_values" {
  command = plan

  variables {
    # Only the ID of the owner.
    repository = "octocat@1/chat"
    environments = {
      # Too long for a role name.
      quality-control = "checks-"
    }
  }

  expect_failures = [
    var.repository,
    var.environments,
  ]
}

run "further_invalid_values" {
  command = plan

  variables {
    # A wildcard.
    repository = "octocat/*"
    environments = {
      # Too short for a prefix: the role could manage nearly every project.
      preview = "p"
    }
    # An Availability Zone.
    region = "us-east-1a"
  }

  expect_failures = [
    var.repository,
    var.environments,
    var.region,
  ]
}
