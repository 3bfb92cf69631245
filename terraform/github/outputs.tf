output "role_arns" {
  description = "For the variable AWS_ROLE_ARN of each of the repository's environments."
  value       = { for environment, role in aws_iam_role.deployment : environment => role.arn }
}

output "state_bucket" {
  description = "For the repository's variable TF_STATE_BUCKET."
  value       = aws_s3_bucket.state.bucket
}

output "region" {
  description = "For the repository's variable AWS_REGION."
  value       = var.region
}
