# Records the account and region of this state at the first apply, and rejects any
# other: docs/deploy.md#one-state-per-stack.

# Looks up the account of the caller. The default provider depends on the result.
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
