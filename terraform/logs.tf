# Made here, not by the functions: a group that Lambda creates keeps its logs
# for ever and survives a destroy. The roles may therefore not create any.
resource "aws_cloudwatch_log_group" "function" {
  for_each = local.function_log_group_names

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}

resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.project}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}
