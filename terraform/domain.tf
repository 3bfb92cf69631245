locals {
  has_domain = var.domain_name != null

  # api_endpoint, with the domain name instead of the part that contains the API ID. On
  # AWS, that part is the host name, so the result is "wss://chat.example.com".
  domain_endpoint = local.has_domain ? replace(aws_apigatewayv2_api.this.api_endpoint, "/[^/]*${aws_apigatewayv2_api.this.id}[^/]*/", var.domain_name) : null

  # The types of DNS records for the IP addresses of the domain name.
  domain_record_types = {
    ipv4      = ["A"]
    dualstack = ["A", "AAAA"]
  }
}

resource "aws_apigatewayv2_domain_name" "this" {
  count = local.has_domain ? 1 : 0

  domain_name = var.domain_name

  domain_name_configuration {
    certificate_arn = var.certificate_arn
    ip_address_type = var.ip_address_type

    # WebSocket APIs support only this endpoint type and TLS version.
    endpoint_type   = "REGIONAL"
    security_policy = "TLS_1_2"
  }
}

# Without api_mapping_key, so that the URL has no path and no stage.
resource "aws_apigatewayv2_api_mapping" "this" {
  count = local.has_domain ? 1 : 0

  api_id      = aws_apigatewayv2_api.this.id
  domain_name = aws_apigatewayv2_domain_name.this[0].id
  stage       = aws_apigatewayv2_stage.this.id

  # API Gateway does not delete a stage that has a mapping.
  lifecycle {
    replace_triggered_by = [aws_apigatewayv2_stage.this.id]
  }
}

resource "aws_route53_record" "domain" {
  for_each = toset(var.hosted_zone_id == null ? [] : local.domain_record_types[var.ip_address_type])

  zone_id = var.hosted_zone_id
  name    = var.domain_name
  type    = each.value

  alias {
    name                   = aws_apigatewayv2_domain_name.this[0].domain_name_configuration[0].target_domain_name
    zone_id                = aws_apigatewayv2_domain_name.this[0].domain_name_configuration[0].hosted_zone_id
    evaluate_target_health = false
  }
}
