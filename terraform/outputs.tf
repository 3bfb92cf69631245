output "websocket_url" {
  description = "Where clients connect."
  value       = "${aws_apigatewayv2_api.this.api_endpoint}/${aws_apigatewayv2_stage.this.name}"
}

output "websocket_api_id" {
  description = "Id of the WebSocket API."
  value       = aws_apigatewayv2_api.this.id
}

output "management_endpoint" {
  description = "Where replies are posted: the --endpoint-url of `aws apigatewaymanagementapi`."
  value       = local.management_endpoint
}

output "websocket_handler_function_name" {
  description = "Name of the function behind all routes."
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
  description = "Log group with one line for each connect, message, disconnect and request to @connections, such as a reply."
  value       = aws_cloudwatch_log_group.access.name
}

output "authorizer_log_group_name" {
  description = "Log group of the authorizer; null without jwt_issuer."
  value       = one([for key, group in aws_cloudwatch_log_group.function : group.name if key == "authorizer"])
}

output "dead_letter_queue_url" {
  description = "URL of the queue that keeps failed jobs."
  value       = aws_sqs_queue.dead_letter.url
}

output "region" {
  description = "Region of everything above."
  value       = var.region
}
