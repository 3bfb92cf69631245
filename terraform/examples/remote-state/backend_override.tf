# Keeps Terraform's state in S3 instead of a file, for more than one person or
# machine. Copied into terraform/, where git ignores it; bucket, key and region
# come from backend.hcl: see docs/deploy.md.
terraform {
  backend "s3" {
    # S3 refuses a second lock itself, since Terraform 1.10.
    use_lockfile = true
    encrypt      = true
  }
}
