output "role_arns" {
  description = "For the variable AWS_ROLE_ARN of each of the repository's environments."
  value       = { for environment, role in aws_iam_role.deployment : environment => role.arn }
}

output "state_bucket" {
  description = "For the variable TF_STATE_BUCKET of each of the repository's environments."
  value       = aws_s3_bucket.state.bucket
}

output "region" {
  description = "For the repository's variable AWS_REGION, which switches deployments on."
  value       = var.region
}
