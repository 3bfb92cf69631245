output "role_arns" {
  description = "ARN of the role for each environment. In each environment of the repository, set the variable AWS_ROLE_ARN to it."
  value       = { for environment, role in aws_iam_role.deployment : environment => role.arn }
}

output "state_bucket" {
  description = "Name of the state bucket. In each environment of the repository, set the variable TF_STATE_BUCKET to it."
  value       = aws_s3_bucket.state.bucket
}

output "region" {
  description = "AWS region. Set the variable AWS_REGION of the repository to it, which enables the deployments."
  value       = var.region
}
