# A log group that Lambda creates keeps its logs forever, and remains after a destroy.
# So the log groups are created here, and the roles are not allowed to create any.
resource "aws_cloudwatch_log_group" "function" {
  for_each = local.function_log_group_names

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn

  depends_on = [aws_cloudwatch_log_group.access]
}

# Created first, because CloudWatch rejects a second log group with the same name. Many
# resources have no such protection: AWS returns an existing queue as a new one,
# overwrites alarms and dashboards, and accepts a second API with the same name. So an
# apply with the project of another stack fails here, before its state contains a
# resource of the other stack.
resource "aws_cloudwatch_log_group" "access" {
  name              = "/aws/apigateway/${var.project}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.log_kms_key_arn
}
