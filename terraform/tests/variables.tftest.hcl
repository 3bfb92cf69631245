# Variables reject values that AWS would reject later or interpret differently. Each run
# is a plan, so a run has an invalid value for each variable. Terraform does not check a
# variable whose validation refers to another invalid variable, so these two are in
# different runs.

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

run "first_invalid_values" {
  command = plan

  variables {
    # Capitals.
    project = "Chat"
    # A stage of HTTP APIs.
    stage = "$default"
    # An Availability Zone.
    region = "us-east-1a"
    # A tag of AWS.
    tags = { "aws:team" = "chat" }
    # A runtime that AWS has retired.
    runtime = "nodejs20.x"
    # A trailing slash.
    allowed_origins = ["https://app.example.com/"]
    # A URL.
    domain_name = "https://chat.example.com"
    # Only IPv6 addresses.
    ip_address_type = "ipv6"
    # Would refuse all messages.
    throttling_rate_limit = 0
    # Would refuse all messages.
    throttling_burst_limit = 0
    # Below the minimum.
    websocket_handler_memory_size = 255
    # Below the minimum.
    processor_memory_size = 255
    # More than Lambda allows.
    processor_timeout = 3600
    # A negative number.
    websocket_handler_reserved_concurrency = -1
    # A fraction.
    processor_reserved_concurrency = 0.5
    # A fraction.
    authorizer_reserved_concurrency = 0.5
    # More than Lambda allows.
    maximum_retry_attempts = 3
    # Long enough for three retries.
    maximum_event_age_in_seconds = 21600
    # Forever.
    log_retention_days = 0
    # No level of Lambda's own lines.
    system_log_level = "ERROR"
    # Without TLS.
    jwt_issuer   = "http://login.example.com"
    jwt_audience = ["chat"]
  }

  expect_failures = [
    var.project,
    var.stage,
    var.region,
    var.tags,
    var.runtime,
    var.allowed_origins,
    var.domain_name,
    var.ip_address_type,
    var.throttling_rate_limit,
    var.throttling_burst_limit,
    var.websocket_handler_memory_size,
    var.processor_memory_size,
    var.processor_timeout,
    var.websocket_handler_reserved_concurrency,
    var.processor_reserved_concurrency,
    var.authorizer_reserved_concurrency,
    var.maximum_retry_attempts,
    var.log_retention_days,
    var.system_log_level,
    var.jwt_issuer,
  ]
}

run "second_invalid_values" {
  command = plan

  variables {
    # A hyphen at the end.
    project = "chat-"
    # A tag that this configuration sets.
    tags = { Project = "other" }
    # Capitals.
    allowed_origins = ["https://App.example.com"]
    # All three without a domain name.
    certificate_arn              = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd"
    hosted_zone_id               = "Z0123456789ABCDEFGHIJ"
    disable_execute_api_endpoint = true
    # More than the quota of an account.
    throttling_rate_limit = 10001
    # More than the quota of an account.
    throttling_burst_limit = 5001
    # Above the maximum.
    processor_memory_size = 20480
    # Less than a minute.
    maximum_event_age_in_seconds = 30
    # An alias.
    log_kms_key_arn = "alias/logs"
    # An email address.
    alarm_topic_arns = ["ops@example.com"]
    # All three without an issuer.
    jwt_audience = ["chat"]
    jwt_claims   = ["scope"]
    jwt_jwks_url = "https://login.example.com/jwks"
  }

  expect_failures = [
    var.project,
    var.tags,
    var.allowed_origins,
    var.certificate_arn,
    var.hosted_zone_id,
    var.disable_execute_api_endpoint,
    var.throttling_rate_limit,
    var.throttling_burst_limit,
    var.processor_memory_size,
    var.maximum_event_age_in_seconds,
    var.log_kms_key_arn,
    var.alarm_topic_arns,
    var.jwt_audience,
    var.jwt_claims,
    var.jwt_jwks_url,
  ]
}

run "third_invalid_values" {
  command = plan

  variables {
    # Too long for a role name.
    project = "a2345678901234567890123456789012"
    # A wildcard.
    allowed_origins = ["*"]
    # A fraction.
    throttling_burst_limit = 1.5
    # The second retry starts after 60 + 120 seconds, plus up to 10 for each wait, plus two
    # attempts of 30.
    maximum_retry_attempts       = 2
    maximum_event_age_in_seconds = 259
    # A name.
    domain_name    = "chat.example.com"
    hosted_zone_id = "example.com"
    # A certificate, a key and a topic in another region.
    region           = "eu-central-1"
    certificate_arn  = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd"
    log_kms_key_arn  = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    alarm_topic_arns = ["arn:aws:sns:eu-central-1:123456789012:alerts", "arn:aws:sns:us-east-1:123456789012:alerts"]
    jwt_issuer       = "https://login.example.com"
    # A comma.
    jwt_audience = ["chat,shop"]
    # A comma.
    jwt_claims = ["scope,groups"]
    # Without TLS.
    jwt_jwks_url = "http://login.example.com/jwks"
  }

  expect_failures = [
    var.project,
    var.allowed_origins,
    var.hosted_zone_id,
    var.certificate_arn,
    var.throttling_burst_limit,
    var.maximum_event_age_in_seconds,
    var.log_kms_key_arn,
    var.alarm_topic_arns,
    var.jwt_audience,
    var.jwt_claims,
    var.jwt_jwks_url,
  ]
}

run "fourth_invalid_values" {
  command = plan

  variables {
    # The default port.
    allowed_origins = ["https://app.example.com:443"]
    # A wildcard.
    domain_name = "*.example.com"
    # Only starts with "localhost".
    jwt_issuer   = "http://localhost.evil.example"
    jwt_audience = ["chat"]
  }

  expect_failures = [
    var.allowed_origins,
    var.domain_name,
    var.jwt_issuer,
  ]
}

run "an_issuer_without_an_audience" {
  command = plan

  variables {
    jwt_issuer = "https://login.example.com"
    # Needs no entry.
    jwt_claims = ["sub"]
  }

  expect_failures = [var.jwt_audience, var.jwt_claims]
}

run "a_certificate_of_iam" {
  command = plan

  variables {
    domain_name     = "chat.example.com"
    certificate_arn = "arn:aws:iam::123456789012:server-certificate/chat"
  }

  expect_failures = [var.certificate_arn]
}

run "a_domain_name_without_a_certificate" {
  command = plan

  variables {
    domain_name = "chat.example.com"
  }

  expect_failures = [var.certificate_arn]
}

run "unusual_valid_values" {
  command = plan

  variables {
    project                                = "a1"
    stage                                  = "Blue_2"
    region                                 = "us-gov-west-1"
    tags                                   = { "cost-center" = "42" }
    allowed_origins                        = ["http://localhost:5173", "https://[::1]:8443", "capacitor://localhost"]
    domain_name                            = "xn--bcher-kva.1.example"
    certificate_arn                        = "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
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
