variable "project" {
  description = "Prefix of all resource names. A second stack in the same account and region needs a different project, because most names do not contain the stage. An apply with the project of another stack fails at its first log group, before it changes anything in that stack."
  type        = string
  default     = "websocket-lambda"

  # A role name has up to 64 characters. The longest suffix is "-websocket-handler-" and
  # a region of up to 14 characters.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}[a-z0-9]$", var.project))
    error_message = "project must have 2 to 31 characters: lowercase letters, digits and hyphens. The first character must be a letter, and the last must not be a hyphen. Example: \"chat-backend\"."
  }
}

variable "stage" {
  description = "Name of the API stage. It is the last part of the WebSocket URL."
  type        = string
  default     = "production"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage))
    error_message = "stage must have 1 to 128 characters: letters, digits, hyphens and underscores. Only HTTP APIs can have the stage \"$default\"."
  }
}

variable "region" {
  description = "AWS region of the stack. Apply terraform/account once in the same region first."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS region, such as \"eu-central-1\". An Availability Zone (\"eu-central-1a\") or a display name is not valid."
  }
}

variable "tags" {
  description = "Tags for all resources, in addition to Project, Stage and ManagedBy."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])
    error_message = "Keys in tags must not start with \"aws:\", because AWS reserves this prefix. Rename these keys."
  }

  validation {
    condition     = length(setintersection(keys(var.tags), ["Project", "Stage", "ManagedBy"])) == 0
    error_message = "tags must not contain Project, Stage or ManagedBy, because this configuration sets them. Use other keys, or change project or stage."
  }
}

variable "runtime" {
  description = "Lambda runtime of the functions: \"nodejs22.x\" or \"nodejs24.x\". nodejs24.x needs version 6.19 or newer of the AWS provider."
  type        = string

  # The newest runtime that the provider version in .terraform.lock.hcl accepts.
  default = "nodejs22.x"

  validation {
    condition     = contains(["nodejs22.x", "nodejs24.x"], var.runtime)
    error_message = "runtime must be \"nodejs22.x\" or \"nodejs24.x\"."
  }
}

variable "bundle_directory" {
  description = "Directory that contains websocket-handler.zip, processor.zip and authorizer.zip. Default: dist/ in this repository, the output directory of `npm run build`."
  type        = string
  default     = null
}

variable "domain_name" {
  description = "Domain name of the WebSocket URL, such as \"chat.example.com\". Clients then connect to wss://chat.example.com, without the stage. Default: the domain name that API Gateway generates."
  type        = string
  default     = null

  validation {
    condition     = var.domain_name == null ? true : length(var.domain_name) <= 253 && can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$", var.domain_name))
    error_message = "domain_name must be a host name in lowercase, such as \"chat.example.com\", without scheme, port and path. A wildcard is not valid, because clients cannot connect to it."
  }
}

variable "certificate_arn" {
  description = "ARN of the certificate for domain_name in AWS Certificate Manager, issued and in the region of the stack. Required with domain_name. With disable_execute_api_endpoint, the functions also connect to the domain, so a public CA must have issued the certificate."
  type        = string
  default     = null

  validation {
    condition     = var.certificate_arn == null ? true : can(regex("^arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$", var.certificate_arn))
    error_message = "certificate_arn must be the ARN of a certificate in AWS Certificate Manager, such as \"arn:aws:acm:us-east-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab\"."
  }

  validation {
    condition     = var.certificate_arn == null ? true : try(split(":", var.certificate_arn)[3] == var.region, true)
    error_message = "certificate_arn must be the ARN of a certificate in ${var.region}, the region of the stack. Request a certificate there."
  }

  validation {
    condition     = (var.domain_name == null) == (var.certificate_arn == null)
    error_message = "certificate_arn requires domain_name, and domain_name requires certificate_arn. Set both or neither."
  }
}

variable "hosted_zone_id" {
  description = "ID of the public Route 53 hosted zone that gets the records of domain_name. It must belong to the same AWS account. The local AWS has no Route 53, so leave it unset there. Default: no record. Create one that points to the output domain_target_name."
  type        = string
  default     = null

  validation {
    condition     = var.hosted_zone_id == null ? true : can(regex("^Z[A-Z0-9]{1,31}$", var.hosted_zone_id))
    error_message = "hosted_zone_id must be the ID of a hosted zone, such as \"Z0123456789ABCDEFGHIJ\", not its name. To list the IDs, run `aws route53 list-hosted-zones`."
  }

  validation {
    condition     = var.hosted_zone_id == null || var.domain_name != null
    error_message = "hosted_zone_id requires domain_name. Set domain_name too, or remove hosted_zone_id."
  }
}

variable "disable_execute_api_endpoint" {
  description = "Whether clients can connect through domain_name only. API Gateway then refuses the domain name that it generated, and the functions send replies through domain_name. On an existing stack, first apply domain_name alone and let clients connect to it."
  type        = bool
  default     = false

  validation {
    condition     = !var.disable_execute_api_endpoint || var.domain_name != null
    error_message = "disable_execute_api_endpoint requires domain_name, because clients could not connect at all without it. Set domain_name too, or remove disable_execute_api_endpoint."
  }
}

variable "ip_address_type" {
  description = "IP addresses of the API and of domain_name: \"ipv4\", or \"dualstack\" for IPv4 and IPv6."
  type        = string
  default     = "ipv4"

  validation {
    condition     = contains(["ipv4", "dualstack"], var.ip_address_type)
    error_message = "ip_address_type must be \"ipv4\" or \"dualstack\". API Gateway offers no API with IPv6 addresses only."
  }
}

variable "allowed_origins" {
  description = "Origins of web pages that are allowed to connect, as browsers send them (\"https://app.example.com\"). If the list is empty, all origins are allowed. This is not authentication: clients other than browsers can connect without an Origin header."
  type        = list(string)
  default     = []

  validation {
    condition = alltrue([
      for origin in var.allowed_origins :
      can(regex("^[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:]+\\])(:[0-9]{1,5})?$", origin))
    ])
    error_message = "Each value in allowed_origins must be scheme://host or scheme://host:port, in lowercase, without a path or a trailing slash. To allow all origins, leave the list empty. The value \"*\" is not valid."
  }

  # Browsers omit these ports, so such a value would never match.
  validation {
    condition = alltrue([
      for origin in var.allowed_origins : !can(regex("^(https://.*:443|http://.*:80)$", origin))
    ])
    error_message = "Values in allowed_origins must not contain the default port. Remove :443 from https origins and :80 from http origins, because browsers do not send them."
  }
}

variable "jwt_issuer" {
  description = "Issuer of the JWTs that clients need to connect, exactly as in the claim \"iss\". For Amazon Cognito: \"https://cognito-idp.{region}.amazonaws.com/{user pool ID}\". Default: no authentication. Anyone with the URL can connect."
  type        = string
  default     = null

  # http is allowed for localhost only. Without TLS, an attacker between the authorizer
  # and the issuer could replace the keys.
  validation {
    condition     = var.jwt_issuer == null ? true : can(regex("^(https://[^/\\s,?#]+|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)(/[^\\s,?#]*)?$", var.jwt_issuer))
    error_message = "jwt_issuer must be a URL that starts with https:// and contains no whitespace, comma, query or fragment. Set it to the exact value of the claim \"iss\" in the tokens."
  }
}

variable "jwt_audience" {
  description = "Accepted audiences. A token must contain one of them in the claim \"aud\" or, if there is no \"aud\", in \"client_id\", as in access tokens of Amazon Cognito. Required with jwt_issuer, so that tokens that the issuer signed for other applications are refused."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for audience in var.jwt_audience : can(regex("^[^,\\s]+$", audience))])
    error_message = "Values in jwt_audience must not be empty and must not contain commas or whitespace."
  }

  validation {
    condition     = (var.jwt_issuer == null) == (length(var.jwt_audience) == 0)
    error_message = "jwt_audience requires jwt_issuer, and jwt_issuer requires jwt_audience. Set both or neither."
  }
}

variable "jwt_claims" {
  description = "Names of claims that actions get as context.claims, if the token has them. The claims \"sub\" and \"exp\" need no entry: \"sub\" is context.subject. The authorizer refuses a token whose claims do not fit into the 8 KB that API Gateway accepts from it."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for claim in var.jwt_claims : can(regex("^[^,\\s]+$", claim))])
    error_message = "Values in jwt_claims must not be empty and must not contain commas or whitespace."
  }

  validation {
    condition     = length(setintersection(var.jwt_claims, ["sub", "exp"])) == 0
    error_message = "jwt_claims must not contain \"sub\" or \"exp\". Actions get \"sub\" as context.subject, and the websocket-handler checks \"exp\"."
  }

  validation {
    condition     = length(var.jwt_claims) == 0 || var.jwt_issuer != null
    error_message = "jwt_claims requires jwt_issuer. Set jwt_issuer too, or remove jwt_claims."
  }
}

variable "jwt_jwks_url" {
  description = "URL of the issuer's keys (JWKS). Default: jwt_issuer followed by \"/.well-known/jwks.json\"."
  type        = string
  default     = null

  validation {
    condition     = var.jwt_jwks_url == null ? true : can(regex("^(https://[^/\\s]+|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)(/\\S*)?$", var.jwt_jwks_url))
    error_message = "jwt_jwks_url must be a URL that starts with https:// and contains no whitespace."
  }

  validation {
    condition     = var.jwt_jwks_url == null || var.jwt_issuer != null
    error_message = "jwt_jwks_url requires jwt_issuer. Set jwt_issuer too, or remove jwt_jwks_url."
  }
}

variable "throttling_rate_limit" {
  description = "Maximum average rate of new connections and messages, per second and of all clients together. API Gateway refuses connections and messages above this rate."
  type        = number
  default     = 500

  validation {
    condition     = var.throttling_rate_limit > 0
    error_message = "throttling_rate_limit must be greater than 0. With 0, API Gateway refuses all messages."
  }

  # A stage cannot exceed the quota of its account. With a higher limit here, the
  # alarms on rates, which are fractions of the limit, would never fire.
  validation {
    condition     = var.throttling_rate_limit <= 10000
    error_message = "throttling_rate_limit must be 10000 or less. This is AWS's default quota of requests per second for all APIs in an account and region. If AWS has raised your quota, change this validation in terraform/variables.tf."
  }
}

variable "throttling_burst_limit" {
  description = "Maximum burst: the number of new connections and messages that the stage accepts at the same time."
  type        = number
  default     = 1000

  validation {
    condition     = var.throttling_burst_limit >= 1 && floor(var.throttling_burst_limit) == var.throttling_burst_limit
    error_message = "throttling_burst_limit must be a whole number of 1 or more. With 0, API Gateway refuses all messages."
  }

  validation {
    condition     = var.throttling_burst_limit <= 5000
    error_message = "throttling_burst_limit must be 5000 or less. This is AWS's default burst quota for all APIs in an account and region. If AWS has raised your quota, change this validation in terraform/variables.tf."
  }
}

variable "websocket_handler_memory_size" {
  description = "Memory of the websocket-handler in MB, 256 or more. CPU is proportional to memory. New AWS accounts have a limit of 3008."
  type        = number
  default     = 256

  validation {
    condition     = var.websocket_handler_memory_size >= 256 && var.websocket_handler_memory_size <= 10240 && floor(var.websocket_handler_memory_size) == var.websocket_handler_memory_size
    error_message = "websocket_handler_memory_size must be a whole number of MB from 256 to 10240. Lambda also accepts 128, with half the CPU. Then the first call to AWS after a cold start can exceed its timeout."
  }
}

variable "processor_memory_size" {
  description = "Memory of the processor in MB, 256 or more. CPU is proportional to memory, so CPU-bound actions become faster. New AWS accounts have a limit of 3008."
  type        = number
  default     = 256

  validation {
    condition     = var.processor_memory_size >= 256 && var.processor_memory_size <= 10240 && floor(var.processor_memory_size) == var.processor_memory_size
    error_message = "processor_memory_size must be a whole number of MB from 256 to 10240. Lambda also accepts 128, with half the CPU. Then the first call to AWS after a cold start can exceed its timeout."
  }
}

variable "processor_timeout" {
  description = "Timeout of the processor in seconds. API Gateway closes a connection after ten minutes without a message, so a client that waits for a longer job must send messages in the meantime."
  type        = number
  default     = 30

  validation {
    condition     = var.processor_timeout >= 1 && var.processor_timeout <= 900 && floor(var.processor_timeout) == var.processor_timeout
    error_message = "processor_timeout must be a whole number of seconds from 1 to 900, the maximum of Lambda. Split longer jobs."
  }
}

variable "websocket_handler_reserved_concurrency" {
  description = "Reserved concurrency of the websocket-handler. It is also the maximum: 0 stops the function. Each connect, message and disconnect uses one execution environment for a short time. Default: no reservation. The function shares the account's concurrency."
  type        = number
  default     = null

  validation {
    condition     = var.websocket_handler_reserved_concurrency == null ? true : var.websocket_handler_reserved_concurrency >= 0 && floor(var.websocket_handler_reserved_concurrency) == var.websocket_handler_reserved_concurrency
    error_message = "websocket_handler_reserved_concurrency must be a whole number of 0 or more. To reserve nothing, leave it unset."
  }
}

variable "processor_reserved_concurrency" {
  description = "Reserved concurrency of the processor. It is also the maximum, so use it to limit the load on the systems that your actions call. 0 stops the processor: jobs fail without being run. Default: no reservation. The function shares the account's concurrency."
  type        = number
  default     = null

  validation {
    condition     = var.processor_reserved_concurrency == null ? true : var.processor_reserved_concurrency >= 0 && floor(var.processor_reserved_concurrency) == var.processor_reserved_concurrency
    error_message = "processor_reserved_concurrency must be a whole number of 0 or more. To reserve nothing, leave it unset."
  }
}

variable "authorizer_reserved_concurrency" {
  description = "Reserved concurrency of the authorizer. It is also the maximum: with 0, no client can connect. Default: no reservation. The function shares the account's concurrency."
  type        = number
  default     = null

  validation {
    condition     = var.authorizer_reserved_concurrency == null ? true : var.authorizer_reserved_concurrency >= 0 && floor(var.authorizer_reserved_concurrency) == var.authorizer_reserved_concurrency
    error_message = "authorizer_reserved_concurrency must be a whole number of 0 or more. To reserve nothing, leave it unset."
  }
}

variable "maximum_retry_attempts" {
  description = "Number of times Lambda retries a failed job: the first retry after about one minute, the second about two minutes later. The client gets no reply in the meantime. With retries, actions must be safe to run more than once."
  type        = number
  default     = 0

  validation {
    condition     = contains([0, 1, 2], var.maximum_retry_attempts)
    error_message = "maximum_retry_attempts must be 0, 1 or 2. Lambda allows no other value."
  }
}

variable "maximum_event_age_in_seconds" {
  description = "Maximum age of a job in seconds. A job fails if it waits longer for a free execution environment of the processor or for a retry."
  type        = number
  default     = 60

  validation {
    condition     = var.maximum_event_age_in_seconds >= 60 && var.maximum_event_age_in_seconds <= 21600 && floor(var.maximum_event_age_in_seconds) == var.maximum_event_age_in_seconds
    error_message = "maximum_event_age_in_seconds must be a whole number of seconds from 60 to 21600 (six hours)."
  }

  # A job that is too old by then fails without the retries of maximum_retry_attempts.
  validation {
    condition     = var.maximum_event_age_in_seconds >= local.last_retry_age
    error_message = "maximum_event_age_in_seconds is too short for the retries. With maximum_retry_attempts = ${var.maximum_retry_attempts} and processor_timeout = ${var.processor_timeout}, set maximum_event_age_in_seconds to at least ${local.last_retry_age}."
  }
}

variable "log_retention_days" {
  description = "Number of days that CloudWatch keeps the logs of the functions and of the API."
  type        = number
  default     = 14

  # The provider also accepts 0, which keeps the logs, and their cost, forever.
  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days
    )
    error_message = "log_retention_days must be a retention period of CloudWatch: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "system_log_level" {
  description = "Lowest level of the lines that Lambda itself logs. \"INFO\" has a start and a report for each invocation, \"WARN\" only those of failures, which is about half of the log volume."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["INFO", "WARN"], var.system_log_level)
    error_message = "system_log_level must be \"INFO\" or \"WARN\"."
  }
}

variable "log_kms_key_arn" {
  description = "ARN of the KMS key that encrypts the logs. The key policy must allow CloudWatch Logs in this region to use the key. Default: CloudWatch Logs encrypts with its own key."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.log_kms_key_arn))
    error_message = "log_kms_key_arn must be the ARN of a key, such as \"arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\". CloudWatch Logs does not accept an alias."
  }

  validation {
    condition     = var.log_kms_key_arn == null ? true : try(split(":", var.log_kms_key_arn)[3] == var.region, true)
    error_message = "log_kms_key_arn must be the ARN of a key in ${var.region}, the region of the log groups. Create a key there, or replicate a multi-Region key to it."
  }
}

variable "tracing" {
  description = "Whether X-Ray traces the functions (active tracing). Each function gets the permission to send its traces. Lambda selects the invocations to trace: the first of each second, and 5% of the others. X-Ray bills each trace."
  type        = bool
  default     = false
}

variable "detailed_metrics_enabled" {
  description = "Whether API Gateway also reports its metrics for each route, next to those of the stage. CloudWatch bills them as custom metrics."
  type        = bool
  default     = false
}

variable "ok_actions_enabled" {
  description = "Whether all alarms also notify alarm_topic_arns when they return to OK."
  type        = bool
  default     = false
}

variable "alarm_topic_arns" {
  description = "ARNs of SNS topics that all alarms notify. They must be in the region of the stack. Alarms cannot publish to a topic that is encrypted with the AWS managed key alias/aws/sns. Use a customer managed key whose policy allows cloudwatch.amazonaws.com, or no encryption. If the list is empty, alarms are visible only in CloudWatch."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "Each value in alarm_topic_arns must be the ARN of a standard SNS topic, such as \"arn:aws:sns:us-east-1:123456789012:alerts\". To notify an email address, subscribe it to a topic."
  }

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : try(split(":", arn)[3] == var.region, true)])
    error_message = "Each value in alarm_topic_arns must be in ${var.region}, because a CloudWatch alarm can only notify topics in its own region."
  }
}
