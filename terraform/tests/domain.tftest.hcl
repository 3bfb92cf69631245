# Tests the resources and settings of domain_name and ip_address_type.

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

override_resource {
  target          = aws_apigatewayv2_api.this
  override_during = plan
  values = {
    id            = "abc123"
    api_endpoint  = "wss://abc123.execute-api.us-east-1.amazonaws.com"
    execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
  }
}

override_resource {
  target          = aws_apigatewayv2_domain_name.this
  override_during = plan
  values = {
    id = "chat.example.com"
    domain_name_configuration = {
      hosted_zone_id     = "ZREGIONAL"
      target_domain_name = "d-abc123.execute-api.us-east-1.amazonaws.com"
    }
  }
}

run "without_a_domain_name_clients_use_the_execute_api_endpoint" {
  command = plan

  assert {
    condition     = output.websocket_url == "wss://abc123.execute-api.us-east-1.amazonaws.com/production"
    error_message = "Clients connect to ${output.websocket_url}."
  }

  assert {
    condition     = aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT == "https://abc123.execute-api.us-east-1.amazonaws.com/production" && aws_lambda_function.websocket_handler.environment[0].variables.MANAGEMENT_ENDPOINT == "https://abc123.execute-api.us-east-1.amazonaws.com/production"
    error_message = "The functions post to ${aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT}."
  }

  assert {
    condition     = length(aws_apigatewayv2_domain_name.this) + length(aws_apigatewayv2_api_mapping.this) + length(aws_route53_record.domain) == 0
    error_message = "A resource of the domain name exists."
  }

  assert {
    condition     = output.domain_target_name == null && output.domain_target_zone_id == null
    error_message = "The outputs name a DNS target."
  }

  assert {
    condition     = aws_apigatewayv2_api.this.ip_address_type == "ipv4" && !aws_apigatewayv2_api.this.disable_execute_api_endpoint
    error_message = "The API is not available over IPv4 at its own domain name."
  }
}

run "clients_use_the_domain_name_and_functions_the_execute_api_endpoint" {
  command = plan

  variables {
    domain_name     = "chat.example.com"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
  }

  assert {
    condition     = output.websocket_url == "wss://chat.example.com"
    error_message = "Clients connect to ${output.websocket_url}."
  }

  assert {
    condition     = aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT == "https://abc123.execute-api.us-east-1.amazonaws.com/production" && aws_lambda_function.websocket_handler.environment[0].variables.MANAGEMENT_ENDPOINT == "https://abc123.execute-api.us-east-1.amazonaws.com/production"
    error_message = "The functions post to ${aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT}."
  }

  assert {
    condition     = aws_apigatewayv2_domain_name.this[0].domain_name == "chat.example.com" && aws_apigatewayv2_domain_name.this[0].domain_name_configuration[0].certificate_arn == var.certificate_arn
    error_message = "The domain name does not have its certificate."
  }

  assert {
    condition     = aws_apigatewayv2_api_mapping.this[0].api_id == "abc123" && aws_apigatewayv2_api_mapping.this[0].domain_name == "chat.example.com" && aws_apigatewayv2_api_mapping.this[0].api_mapping_key == null
    error_message = "The domain name does not have the stage at its root."
  }

  assert {
    condition     = length(aws_route53_record.domain) == 0
    error_message = "A record exists without hosted_zone_id."
  }

  assert {
    condition     = output.domain_target_name == "d-abc123.execute-api.us-east-1.amazonaws.com" && output.domain_target_zone_id == "ZREGIONAL"
    error_message = "The outputs do not name the target of a DNS record."
  }
}

run "without_the_execute_api_endpoint_functions_use_the_domain_name" {
  command = plan

  variables {
    domain_name     = "chat.example.com"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"

    disable_execute_api_endpoint = true
  }

  assert {
    condition     = output.websocket_url == "wss://chat.example.com"
    error_message = "Clients connect to ${output.websocket_url}."
  }

  assert {
    condition     = aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT == "https://chat.example.com" && aws_lambda_function.websocket_handler.environment[0].variables.MANAGEMENT_ENDPOINT == "https://chat.example.com"
    error_message = "The functions post to ${aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT}."
  }

  assert {
    condition     = aws_apigatewayv2_api.this.disable_execute_api_endpoint
    error_message = "The execute-api endpoint is not disabled."
  }

  # With a domain name, AWS also checks the ARN of the API.
  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.function["processor"].policy).Statement :
      statement.Resource if statement.Sid == "ReplyToConnections"
    ] == ["arn:aws:execute-api:us-east-1:123456789012:abc123/production/POST/@connections/*"]
    error_message = "The processor cannot post through the domain name."
  }
}

run "a_hosted_zone_gets_an_alias_record" {
  command = plan

  variables {
    domain_name     = "chat.example.com"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
    hosted_zone_id  = "Z0123456789ABCDEFGHIJ"
  }

  assert {
    condition     = { for type, record in aws_route53_record.domain : type => [record.zone_id, record.name, record.alias[0].name, record.alias[0].zone_id] } == { A = ["Z0123456789ABCDEFGHIJ", "chat.example.com", "d-abc123.execute-api.us-east-1.amazonaws.com", "ZREGIONAL"] }
    error_message = "The record does not point to the domain name of API Gateway."
  }
}

run "dualstack_adds_ipv6_to_the_api_the_domain_name_and_the_records" {
  command = plan

  variables {
    domain_name     = "chat.example.com"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"
    hosted_zone_id  = "Z0123456789ABCDEFGHIJ"
    ip_address_type = "dualstack"
  }

  assert {
    condition     = aws_apigatewayv2_api.this.ip_address_type == "dualstack" && aws_apigatewayv2_domain_name.this[0].domain_name_configuration[0].ip_address_type == "dualstack"
    error_message = "The API or the domain name has no IPv6 addresses."
  }

  assert {
    condition     = { for key, record in aws_route53_record.domain : key => record.type } == { A = "A", AAAA = "AAAA" }
    error_message = "The records must be A and AAAA."
  }
}

# The endpoint of the local AWS has another scheme and a port, and the name in the path.
run "the_urls_have_the_scheme_and_the_port_of_the_endpoint" {
  command = plan

  variables {
    domain_name     = "chat.example.com"
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"

    disable_execute_api_endpoint = true
  }

  override_resource {
    target          = aws_apigatewayv2_api.this
    override_during = plan
    values = {
      id            = "abc123"
      api_endpoint  = "ws://localhost:4566/_aws/execute-api/abc123"
      execution_arn = "arn:aws:execute-api:us-east-1:123456789012:abc123"
    }
  }

  assert {
    condition     = output.websocket_url == "ws://localhost:4566/_aws/execute-api/chat.example.com"
    error_message = "Clients connect to ${output.websocket_url}."
  }

  assert {
    condition     = aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT == "http://localhost:4566/_aws/execute-api/chat.example.com" && aws_lambda_function.websocket_handler.environment[0].variables.MANAGEMENT_ENDPOINT == "http://localhost:4566/_aws/execute-api/chat.example.com"
    error_message = "The functions post to ${aws_lambda_function.processor.environment[0].variables.MANAGEMENT_ENDPOINT}."
  }
}
