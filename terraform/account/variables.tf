variable "region" {
  description = "AWS region in which to set the role of API Gateway."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS region, such as \"eu-central-1\". An Availability Zone (\"eu-central-1a\") or a display name is not valid."
  }
}
