# No endpoints and no skip flags: the environment variable AWS_ENDPOINT_URL is enough to
# use this configuration with another endpoint.
provider "aws" {
  region              = var.region
  allowed_account_ids = module.state_guard.allowed_account_ids

  default_tags {
    tags = merge(var.tags, {
      Project   = var.project
      Stage     = var.stage
      ManagedBy = "terraform"
    })
  }
}
