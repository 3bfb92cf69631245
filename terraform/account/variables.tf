variable "region" {
  description = "AWS region whose API Gateway gets the role."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS region, such as \"eu-central-1\"; an availability zone (\"eu-central-1a\") or a display name will not do."
  }
}
