output "cloudwatch_role_arn" {
  description = "Role that API Gateway writes logs with."
  value       = aws_api_gateway_account.this.cloudwatch_role_arn
}

output "region" {
  description = "Region that the role is set in."
  value       = var.region
}
