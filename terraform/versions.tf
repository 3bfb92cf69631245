terraform {
  # 1.9 brought validations that look at a second variable, 1.11 the plan-time
  # overrides that tests/ is written with.
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}
