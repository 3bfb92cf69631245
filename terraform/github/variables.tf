variable "repository" {
  description = "GitHub repository whose workflows are allowed to deploy: \"owner/name\", or with IDs \"owner@123456/name@456789\". Prefer the form with IDs, which accepts both forms of GitHub's tokens. Without IDs, the tokens of a repository that was created, renamed or transferred since July 15, 2026 are refused."
  type        = string

  validation {
    condition     = can(regex("^([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+|[A-Za-z0-9_.-]+@[0-9]+/[A-Za-z0-9_.-]+@[0-9]+)$", var.repository))
    error_message = "repository must be one repository, such as \"octocat/chat\" or, with the IDs of the owner and the repository, \"octocat@123456/chat@456789\". A wildcard is not valid, because it would allow other repositories to deploy. To get the IDs, run: gh api repos/octocat/chat --jq '{owner: .owner.id, repository: .id}'"
  }
}

variable "environments" {
  description = "For each environment of the repository, the prefix of the project names that it is allowed to deploy. The prefix of preview must match scripts/branch-project.ts."
  type        = map(string)
  default = {
    preview    = "preview-"
    production = "websocket-lambda"
  }

  # A role name has up to 64 characters, and the rest of it needs up to 50.
  validation {
    condition     = alltrue([for environment in keys(var.environments) : can(regex("^[A-Za-z0-9_-]{1,14}$", environment))])
    error_message = "Names in environments must have 1 to 14 characters: letters, digits, hyphens and underscores. They become part of role names."
  }

  validation {
    condition     = alltrue([for prefix in values(var.environments) : can(regex("^[a-z][a-z0-9-]{2,30}$", prefix))])
    error_message = "Each value in environments must be a prefix of project names. It must have 3 to 31 characters: lowercase letters, digits and hyphens. It must start with a letter."
  }
}

variable "state_bucket" {
  description = "Name of the S3 bucket for the Terraform states. Bucket names are globally unique. Default: a name made from repository, account and region. If you rename the repository, set this variable to the old bucket name."
  type        = string
  default     = null
}

variable "oidc_provider_arn" {
  description = "ARN of the account's OIDC identity provider for GitHub, if it exists already. An account can have only one. Default: this configuration creates it."
  type        = string
  default     = null
}

variable "region" {
  description = "AWS region of the bucket and of the deployed stacks."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS region, such as \"eu-central-1\". An Availability Zone (\"eu-central-1a\") or a display name is not valid."
  }
}
