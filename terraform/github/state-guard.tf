# Records at the first apply which account and region this state belongs to, and
# refuses any other: docs/deploy.md#one-state-per-stack.

# Asks who the caller is, for the provider that waits for the answer.
provider "aws" {
  alias  = "caller"
  region = var.region
}

data "aws_caller_identity" "current" {
  provider = aws.caller
}

locals {
  caller = {
    account = data.aws_caller_identity.current.account_id
    region  = var.region
  }
}

resource "terraform_data" "state" {
  input = local.caller

  lifecycle {
    ignore_changes = [input]
  }
}

module "state_guard" {
  source   = "../state-guard"
  caller   = local.caller
  recorded = terraform_data.state.input
}
