output "cloudwatch_role_arn" {
  description = "ARN of the role that API Gateway uses to write logs."
  value       = aws_api_gateway_account.this.cloudwatch_role_arn
}

output "region" {
  description = "AWS region in which the role is set."
  value       = var.region
}
