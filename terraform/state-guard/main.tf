# Rejects credentials or variables for another account, region or project than that
# of the state. Terraform would not find the resources there and would remove them
# from the state, although they still exist.
#
# The checks are validations of variables, because any other failed condition is only
# a warning in a destroy and in a plan with -refresh-only.

terraform {
  required_version = ">= 1.11.0"
}

variable "caller" {
  description = "The account (key \"account\") and the other values that are fixed for one state, such as the region."
  type        = map(string)

  validation {
    condition     = var.caller.account != "000000000000" || terraform.workspace == "local"
    error_message = "The account 000000000000 is a local AWS. Its state belongs in the workspace \"local\", separate from the states of stacks on AWS. The current workspace is \"${terraform.workspace}\". Set all variables that `npm start` prints, including TF_WORKSPACE=local."
  }

  validation {
    condition     = var.caller.account == "000000000000" || terraform.workspace != "local"
    error_message = "The workspace \"local\" is for a local AWS, whose account is 000000000000. The credentials are for the account ${var.caller.account}. To use AWS, run `unset TF_WORKSPACE` or open a new terminal. To use a local AWS, set all variables that `npm start` prints."
  }
}

variable "recorded" {
  description = "The value of caller at the first apply of this state."
  type        = map(string)

  validation {
    condition     = var.recorded == var.caller
    error_message = "The state in the workspace \"${terraform.workspace}\" belongs to ${join(", ", [for key, value in var.recorded : "${key} ${value}"])}. This command is for ${join(", ", [for key, value in var.caller : "${key} ${value}"])}. Terraform has changed nothing. To manage the stack in this state, use the credentials and variables of its last apply. To deploy a second stack, give it its own state: run, for example, `export TF_WORKSPACE=chat-eu-central-1`, then run `terraform init` again. To use a local AWS, set all variables that `npm start` prints, including TF_WORKSPACE=local."
  }
}

# Terraform does not check variables in a destroy with -refresh=false, and applies a
# saved plan with the current credentials. But both configure the provider.
output "allowed_account_ids" {
  description = "The allowed_account_ids of the provider that manages the resources in the state."
  value       = [var.recorded == var.caller ? var.recorded.account : "none: the state belongs to another region or project"]
}
