data "aws_partition" "current" {}

locals {
  # Whether clients need a token.
  has_authorizer = var.jwt_issuer != null

  function_names = merge(
    {
      websocket_handler = "${var.project}-websocket-handler"
      processor         = "${var.project}-processor"
    },
    local.has_authorizer ? { authorizer = "${var.project}-authorizer" } : {}
  )

  # The latest start of the last retry of a job, in seconds after the job was queued.
  # Lambda retries after about 60 and another 120 seconds. In captures, each wait is up
  # to 8 seconds longer.
  last_retry_age = 30 * var.maximum_retry_attempts * (var.maximum_retry_attempts + 1) + var.maximum_retry_attempts * (10 + var.processor_timeout)

  dead_letter_queue_name = "${var.project}-dead-letters"

  # ARNs are built from names instead of references to resources. The functions depend
  # on the policies that contain their ARNs, so references would form a cycle. The
  # provider waits 25 seconds for a new queue, and the functions need not wait for it.
  arn_prefix = "arn:${data.aws_partition.current.partition}"
  arn_scope  = "${var.region}:${data.aws_caller_identity.current.account_id}"

  function_arns = {
    for key, name in local.function_names : key => "${local.arn_prefix}:lambda:${local.arn_scope}:function:${name}"
  }

  function_log_group_names = {
    for key, name in local.function_names : key => "/aws/lambda/${name}"
  }

  dead_letter_queue_arn = "${local.arn_prefix}:sqs:${local.arn_scope}:${local.dead_letter_queue_name}"

  # api_endpoint comes from the server. The provider itself builds invoke_url, always
  # with amazonaws.com, which is wrong for any other endpoint.
  stage_endpoint = "${aws_apigatewayv2_api.this.api_endpoint}/${var.stage}"

  # The execute-api endpoint reaches all connections, also those through the domain
  # name, and needs no DNS record. If it is disabled, it refuses the functions too,
  # with 403. The permission is the same for both: AWS checks the ARN of the API.
  management_endpoint = replace(var.disable_execute_api_endpoint ? local.domain_endpoint : local.stage_endpoint, "/^ws/", "http")
}
