# Made here, not by the functions: a group that Lambda creates keeps its logs
# for ever and survives a destroy. The roles may therefore not create any.
resource "aws_cloudwatch_log_group" "function" {
  for_each = local.function_log_group_names

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn

  depends_on = [aws_cloudwatch_log_group.access]
}

# Created before everything else, because CloudWatch refuses a second group of the
# same name. Many resources have no such protection: AWS returns the queue of
# another stack as a new one, overwrites its alarms and dashboard, and accepts a
# second API of the same name. So an apply with the project of another stack fails
# here, before it owns anything that its destroy would delete.
resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.project}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}
