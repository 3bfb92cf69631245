# Refuses a state that belongs to another account, region or project. Terraform
# would look there for the resources of this state, find none, and drop them
# from the state, while they run on.
#
# Validations of variables, because Terraform makes the failure of any other
# condition a warning in a destroy and in a plan with -refresh-only.

terraform {
  required_version = ">= 1.11.0"
}

variable "caller" {
  description = "The account, with its key \"account\", and all else that one state has one of, such as the region."
  type        = map(string)

  validation {
    condition     = var.caller.account != "000000000000" || terraform.workspace == "local"
    error_message = "The account 000000000000 is that of a local AWS. Its state belongs in the workspace \"local\", apart from the states of stacks on AWS; this is the workspace \"${terraform.workspace}\". Set all the variables that `npm start` prints: TF_WORKSPACE=local is one of them."
  }

  validation {
    condition     = var.caller.account == "000000000000" || terraform.workspace != "local"
    error_message = "The workspace \"local\" is for the account of a local AWS, 000000000000, and the credentials are for the account ${var.caller.account}. To work with AWS, run `unset TF_WORKSPACE`, or use a new terminal. To work with a local AWS, set all the variables that `npm start` prints."
  }
}

variable "recorded" {
  description = "What caller was at the first apply of this state."
  type        = map(string)

  validation {
    condition     = var.recorded == var.caller
    error_message = "The state in the workspace \"${terraform.workspace}\" belongs to ${join(", ", [for key, value in var.recorded : "${key} ${value}"])}. This command is for ${join(", ", [for key, value in var.caller : "${key} ${value}"])}. Terraform has changed nothing. To work with the stack in this state, use the credentials and the variables that it was applied with. A second stack needs a state of its own: run `export TF_WORKSPACE=chat-eu-central-1`, with a name of your choice, then `terraform init` again. To work with a local AWS, set all the variables that `npm start` prints: TF_WORKSPACE=local is one of them."
  }
}

# A destroy with -refresh=false checks no variable, and a saved plan is applied
# with whatever credentials there are, but both configure the provider.
output "allowed_account_ids" {
  description = "For the provider that manages the resources of the state."
  value       = [var.recorded == var.caller ? var.recorded.account : "none: the state belongs to another region or project"]
}
