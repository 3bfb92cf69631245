# Each variable refuses what AWS would refuse later, or silently take for
# something else.

provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

provider "aws" {
  alias                       = "caller"
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  bundle_directory = "./tests/bundles"
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "123456789012" }
}

run "a_project_in_capitals" {
  command = plan

  variables {
    project = "Chat"
  }

  expect_failures = [var.project]
}

run "a_project_ending_with_a_hyphen" {
  command = plan

  variables {
    project = "chat-"
  }

  expect_failures = [var.project]
}

run "a_project_too_long_for_a_role_name" {
  command = plan

  variables {
    project = "a2345678901234567890123456789012"
  }

  expect_failures = [var.project]
}

run "a_stage_of_http_apis" {
  command = plan

  variables {
    stage = "$default"
  }

  expect_failures = [var.stage]
}

run "an_availability_zone" {
  command = plan

  variables {
    region = "us-east-1a"
  }

  expect_failures = [var.region]
}

run "a_tag_of_aws" {
  command = plan

  variables {
    tags = { "aws:team" = "chat" }
  }

  expect_failures = [var.tags]
}

run "a_tag_that_is_set_already" {
  command = plan

  variables {
    tags = { Project = "other" }
  }

  expect_failures = [var.tags]
}

run "an_origin_with_a_slash" {
  command = plan

  variables {
    allowed_origins = ["https://app.example.com/"]
  }

  expect_failures = [var.allowed_origins]
}

run "an_origin_in_capitals" {
  command = plan

  variables {
    allowed_origins = ["https://App.example.com"]
  }

  expect_failures = [var.allowed_origins]
}

run "a_wildcard_origin" {
  command = plan

  variables {
    allowed_origins = ["*"]
  }

  expect_failures = [var.allowed_origins]
}

run "an_origin_with_its_default_port" {
  command = plan

  variables {
    allowed_origins = ["https://app.example.com:443"]
  }

  expect_failures = [var.allowed_origins]
}

run "no_message_at_all" {
  command = plan

  variables {
    throttling_rate_limit = 0
  }

  expect_failures = [var.throttling_rate_limit]
}

run "no_burst_at_all" {
  command = plan

  variables {
    throttling_burst_limit = 0
  }

  expect_failures = [var.throttling_burst_limit]
}

run "more_messages_than_the_account_may_have" {
  command = plan

  variables {
    throttling_rate_limit = 10001
  }

  expect_failures = [var.throttling_rate_limit]
}

run "more_burst_than_the_account_may_have" {
  command = plan

  variables {
    throttling_burst_limit = 5001
  }

  expect_failures = [var.throttling_burst_limit]
}

run "half_a_message" {
  command = plan

  variables {
    throttling_burst_limit = 1.5
  }

  expect_failures = [var.throttling_burst_limit]
}

run "too_little_handler_memory" {
  command = plan

  variables {
    websocket_handler_memory_size = 255
  }

  expect_failures = [var.websocket_handler_memory_size]
}

run "too_little_processor_memory" {
  command = plan

  variables {
    processor_memory_size = 255
  }

  expect_failures = [var.processor_memory_size]
}

run "too_much_processor_memory" {
  command = plan

  variables {
    processor_memory_size = 20480
  }

  expect_failures = [var.processor_memory_size]
}

run "a_job_of_an_hour" {
  command = plan

  variables {
    processor_timeout = 3600
  }

  expect_failures = [var.processor_timeout]
}

run "a_negative_handler_reservation" {
  command = plan

  variables {
    websocket_handler_reserved_concurrency = -1
  }

  expect_failures = [var.websocket_handler_reserved_concurrency]
}

run "half_a_processor" {
  command = plan

  variables {
    processor_reserved_concurrency = 0.5
  }

  expect_failures = [var.processor_reserved_concurrency]
}

run "three_retries" {
  command = plan

  variables {
    maximum_retry_attempts = 3
  }

  expect_failures = [var.maximum_retry_attempts]
}

run "an_event_age_below_a_minute" {
  command = plan

  variables {
    maximum_event_age_in_seconds = 30
  }

  expect_failures = [var.maximum_event_age_in_seconds]
}

run "a_job_too_old_for_its_second_retry" {
  command = plan

  # 60 + 120 seconds of waiting, each up to 10 longer, and two attempts of 30
  # come before it.
  variables {
    maximum_retry_attempts       = 2
    maximum_event_age_in_seconds = 259
  }

  expect_failures = [var.maximum_event_age_in_seconds]
}

run "logs_for_ever" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "an_address_for_a_topic" {
  command = plan

  variables {
    alarm_topic_arns = ["ops@example.com"]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "a_topic_of_another_region" {
  command = plan

  variables {
    region = "eu-central-1"
    alarm_topic_arns = [
      "arn:aws:sns:eu-central-1:123456789012:alerts",
      "arn:aws:sns:us-east-1:123456789012:alerts",
    ]
  }

  expect_failures = [var.alarm_topic_arns]
}

run "a_key_of_another_region" {
  command = plan

  variables {
    region          = "eu-central-1"
    log_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  expect_failures = [var.log_kms_key_arn]
}

run "unusual_but_right" {
  command = plan

  variables {
    project                                = "a1"
    stage                                  = "Blue_2"
    region                                 = "us-gov-west-1"
    tags                                   = { "cost-centre" = "42" }
    allowed_origins                        = ["http://localhost:5173", "https://[::1]:8443", "capacitor://localhost"]
    throttling_rate_limit                  = 0.5
    throttling_burst_limit                 = 1
    websocket_handler_memory_size          = 256
    processor_memory_size                  = 10240
    processor_timeout                      = 900
    websocket_handler_reserved_concurrency = 5
    processor_reserved_concurrency         = 0
    maximum_retry_attempts                 = 2
    maximum_event_age_in_seconds           = 2000
    log_retention_days                     = 3653
    log_kms_key_arn                        = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab"
    alarm_topic_arns                       = ["arn:aws-us-gov:sns:us-gov-west-1:123456789012:alerts_2"]
  }

  assert {
    condition     = aws_lambda_function.websocket_handler.reserved_concurrent_executions == 5 && aws_lambda_function.processor.reserved_concurrent_executions == 0
    error_message = "The reserved concurrency is not that of the variable."
  }

  assert {
    condition     = aws_lambda_function.processor.memory_size == 10240 && aws_lambda_function.websocket_handler.memory_size == 256 && aws_lambda_function.processor.timeout == 900
    error_message = "The memory or the timeout is not that of the variable."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.processor.maximum_retry_attempts == 2 && aws_lambda_function_event_invoke_config.processor.maximum_event_age_in_seconds == 2000
    error_message = "The retries or the event age are not those of the variables."
  }
}
