# Failed jobs, each as the event that the processor got. They contain client data.
resource "aws_sqs_queue" "dead_letter" {
  name                    = local.dead_letter_queue_name
  sqs_managed_sse_enabled = true

  # 14 days, the most that SQS offers: time to notice, fix and redrive.
  message_retention_seconds = 1209600

  # Room for any job: the websocket-handler rejects larger ones than 256,000 bytes. Written
  # down because the provider's default depends on its version.
  max_message_size = 262144

  # SQS returns an existing queue with equal settings instead of refusing the name,
  # and a destroy would delete it with its messages. Roles and log groups have names
  # that AWS refuses to create twice.
  depends_on = [
    aws_cloudwatch_log_group.function,
    aws_iam_role.function,
  ]
}
