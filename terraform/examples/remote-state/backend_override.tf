# Stores the Terraform state in S3 instead of a local file, for more than one person
# or machine. Copy this file to terraform/, where Git ignores it. Set bucket, key and
# region in backend.hcl: see docs/deploy.md.
terraform {
  backend "s3" {
    # Terraform 1.10 and later can lock the state with S3 alone.
    use_lockfile = true
    encrypt      = true
  }
}
