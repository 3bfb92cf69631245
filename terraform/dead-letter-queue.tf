# Contains failed jobs: the events that the processor received, with client data.
resource "aws_sqs_queue" "dead_letter" {
  name                    = local.dead_letter_queue_name
  sqs_managed_sse_enabled = true

  # 14 days, the maximum of SQS: time to notice, fix and redrive.
  message_retention_seconds = 1209600

  # Large enough for any job: the websocket-handler rejects jobs above 256,000 bytes.
  # Set explicitly, because the provider's default depends on its version.
  max_message_size = 262144

  # If a queue with the same name and settings exists, SQS returns it instead of an
  # error, and a destroy would delete it with its messages. AWS rejects a second role
  # or log group with the same name, so these are created first.
  depends_on = [
    aws_cloudwatch_log_group.function,
    aws_iam_role.function,
  ]
}
