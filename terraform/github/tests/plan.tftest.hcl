provider "aws" {
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
  repository        = "octocat-1/chat-2"
  oidc_provider_arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
}

run "a_role_is_for_one_environment_of_one_repository" {
  command = plan

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role.deployment["preview"].assume_role_policy).Statement : statement.Condition
      ] == [{ StringEquals = {
        "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
        "token.actions.githubusercontent.com:sub" = "repo:octocat-1/chat-2:environment:preview"
    } }]
    error_message = "The role preview trusts more, or less, than its environment."
  }
}

run "a_preview_touches_nothing_of_production" {
  command = plan

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.deployment["preview"].policy).Statement :
      alltrue([for resource in flatten([statement.Resource]) : strcontains(resource, "preview-")])
      if !contains(["Apis", "Lists", "FindState"], statement.Sid)
    ])
    error_message = "A statement of the role preview reaches further than to projects called preview-…."
  }

  assert {
    condition     = !strcontains(aws_iam_role_policy.deployment["preview"].policy, "websocket-lambda")
    error_message = "The role preview names the production stack."
  }
}

run "a_wildcard_for_the_repository" {
  command = plan

  variables {
    repository = "octocat/*"
  }

  expect_failures = [var.repository]
}
