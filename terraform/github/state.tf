# The bucket in which .github/workflows/deploy.yml stores the Terraform states: an
# object per project, and a lock object next to it. Terraform can lock with S3 alone,
# so there is no DynamoDB table.

locals {
  state_bucket = coalesce(var.state_bucket, "tfstate-${local.repository_name}-${data.aws_caller_identity.current.account_id}-${var.region}")
}

resource "aws_s3_bucket" "state" {
  bucket = local.state_bucket

  # Resources whose state is lost can only be deleted manually.
  lifecycle {
    prevent_destroy = true
  }
}

resource "aws_s3_bucket_versioning" "state" {
  bucket = aws_s3_bucket.state.id

  versioning_configuration {
    status = "Enabled"
  }
}

# Each lock leaves an old version behind, and so does the state of a destroyed preview.
resource "aws_s3_bucket_lifecycle_configuration" "state" {
  bucket = aws_s3_bucket.state.id

  rule {
    id     = "forget-old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }

  depends_on = [aws_s3_bucket_versioning.state]
}

resource "aws_s3_bucket_public_access_block" "state" {
  bucket                  = aws_s3_bucket.state.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
