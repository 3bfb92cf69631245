# No endpoints and no skip flags: AWS_ENDPOINT_URL alone points this same
# configuration at any other endpoint.
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
