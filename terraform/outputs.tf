output "websocket_url" {
  description = "URL that clients connect to."
  value       = local.has_domain ? local.domain_endpoint : "${aws_apigatewayv2_api.this.api_endpoint}/${aws_apigatewayv2_stage.this.name}"

  depends_on = [aws_apigatewayv2_api_mapping.this]
}

output "domain_target_name" {
  description = "Host name that the DNS record of domain_name must point to: a CNAME record, or an alias record in Route 53. Null without domain_name."
  value       = one(aws_apigatewayv2_domain_name.this[*].domain_name_configuration[0].target_domain_name)
}

output "domain_target_zone_id" {
  description = "ID of the Route 53 hosted zone of domain_target_name, for an alias record. Null without domain_name."
  value       = one(aws_apigatewayv2_domain_name.this[*].domain_name_configuration[0].hosted_zone_id)
}

output "websocket_api_id" {
  description = "ID of the WebSocket API."
  value       = aws_apigatewayv2_api.this.id
}

output "management_endpoint" {
  description = "Endpoint of the @connections API, for `aws apigatewaymanagementapi --endpoint-url`. The functions post replies to it."
  value       = local.management_endpoint
}

output "websocket_handler_function_name" {
  description = "Name of the function that handles all routes."
  value       = aws_lambda_function.websocket_handler.function_name
}

output "processor_function_name" {
  description = "Name of the function that runs the actions."
  value       = aws_lambda_function.processor.function_name
}

output "websocket_handler_log_group_name" {
  description = "Log group of the websocket-handler, for `aws logs tail`."
  value       = aws_cloudwatch_log_group.function["websocket_handler"].name
}

output "processor_log_group_name" {
  description = "Log group of the processor, for `aws logs tail`."
  value       = aws_cloudwatch_log_group.function["processor"].name
}

output "access_log_group_name" {
  description = "Access log group. It has one line for each connect, message, disconnect and request to @connections, such as a reply."
  value       = aws_cloudwatch_log_group.access.name
}

output "authorizer_log_group_name" {
  description = "Log group of the authorizer, for `aws logs tail`. Null without jwt_issuer."
  value       = one([for key, group in aws_cloudwatch_log_group.function : group.name if key == "authorizer"])
}

output "dead_letter_queue_url" {
  description = "URL of the dead-letter queue, which contains failed jobs."
  value       = aws_sqs_queue.dead_letter.url
}

output "region" {
  description = "AWS region of the stack."
  value       = var.region
}
