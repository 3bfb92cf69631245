terraform {
  # The validations of several variables need 1.9. The tests need 1.11 for
  # override_during.
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}
