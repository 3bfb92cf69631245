variable "repository" {
  description = "The repository whose workflows may deploy: \"owner/name\" or, better, with the ids of both, \"owner@123456/name@456789\", which trusts tokens of either form. Without ids, tokens of repositories created, renamed or transferred since July 15, 2026 are refused."
  type        = string

  validation {
    condition     = can(regex("^([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+|[A-Za-z0-9_.-]+@[0-9]+/[A-Za-z0-9_.-]+@[0-9]+)$", var.repository))
    error_message = "repository must name one repository, such as \"octocat/chat\", or with the ids of owner and repository \"octocat@123456/chat@456789\"; a wildcard would let in others. The ids: gh api repos/octocat/chat --jq '{owner: .owner.id, repository: .id}'."
  }
}

variable "environments" {
  description = "What the projects are called, or begin with, that each of the repository's environments deploys. Keep preview in step with scripts/branch-project.ts."
  type        = map(string)
  default = {
    preview    = "preview-"
    production = "websocket-lambda"
  }

  # A name of a role holds 64 characters, of which everything else may need 50.
  validation {
    condition     = alltrue([for environment in keys(var.environments) : can(regex("^[A-Za-z0-9_-]{1,14}$", environment))])
    error_message = "The names of environments go into those of roles: they must have 1 to 14 letters, digits, hyphens and underscores."
  }

  validation {
    condition     = alltrue([for prefix in values(var.environments) : can(regex("^[a-z][a-z0-9-]{2,30}$", prefix))])
    error_message = "Each of environments must be the beginning of project names: 3 to 31 lower-case letters, digits and hyphens, starting with a letter."
  }
}

variable "state_bucket" {
  description = "Name of the S3 bucket to keep Terraform's states in; unique in the world. Unset: made of repository, account and region; when the repository is renamed, set it to what it was."
  type        = string
  default     = null
}

variable "oidc_provider_arn" {
  description = "ARN of the account's identity provider for GitHub, where it has one: an account can't have two. Unset: this makes it."
  type        = string
  default     = null
}

variable "region" {
  description = "AWS region of the bucket and of what is deployed."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS region, such as \"eu-central-1\"; an availability zone (\"eu-central-1a\") or a display name will not do."
  }
}
