provider "aws" {
  region              = var.region
  allowed_account_ids = module.state_guard.allowed_account_ids
}
