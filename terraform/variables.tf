variable "project" {
  description = "Prefix of every name. A second copy in the same account and region needs another one: most names do not contain the stage. An apply with the project of another copy fails at its first log group, before it changes anything of that copy."
  type        = string
  default     = "websocket-lambda"

  # A role name holds 64 characters; the longest here adds
  # "-websocket-handler-" and a region of up to 14.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,29}[a-z0-9]$", var.project))
    error_message = "project must have 2 to 31 lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen. Choose a shorter or simpler name, such as \"chat-backend\"."
  }
}

variable "stage" {
  description = "Name of the API's stage: the last part of the WebSocket URL."
  type        = string
  default     = "production"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage))
    error_message = "stage must have 1 to 128 letters, digits, hyphens and underscores. API Gateway's \"$default\" stage exists for HTTP APIs only."
  }
}

variable "region" {
  description = "AWS region of everything. terraform/account has to be applied once in the same region."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2,4}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region must be the code of an AWS region, such as \"eu-central-1\"; an availability zone (\"eu-central-1a\") or a display name will not do."
  }
}

variable "tags" {
  description = "Tags for every resource, beside Project, Stage and ManagedBy."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:")])
    error_message = "AWS keeps tag keys that start with \"aws:\" for itself. Rename those keys."
  }

  validation {
    condition     = length(setintersection(keys(var.tags), ["Project", "Stage", "ManagedBy"])) == 0
    error_message = "Project, Stage and ManagedBy are set already. Change project or stage, or use other keys."
  }
}

variable "bundle_directory" {
  description = "Folder with websocket-handler.zip, processor.zip and authorizer.zip. Unset: dist/ of this repository, where `npm run build` puts them."
  type        = string
  default     = null
}

variable "allowed_origins" {
  description = "Origins whose pages may open a connection, as browsers send them (\"https://app.example.com\"). Empty: any. Clients that are no browsers send no Origin and are not held back by this; it is not authentication."
  type        = list(string)
  default     = []

  validation {
    condition = alltrue([
      for origin in var.allowed_origins :
      can(regex("^[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:]+\\])(:[0-9]{1,5})?$", origin))
    ])
    error_message = "Write each of allowed_origins as scheme://host or scheme://host:port, in lower case, without a path or a final slash. To allow any origin, leave the list empty; there is no \"*\"."
  }

  # Browsers drop these ports, so such an entry would never match.
  validation {
    condition = alltrue([
      for origin in var.allowed_origins : !can(regex("^(https://.*:443|http://.*:80)$", origin))
    ])
    error_message = "Leave :443 out of https origins and :80 out of http origins in allowed_origins: browsers do not send the default port."
  }
}

variable "jwt_issuer" {
  description = "Issuer of the tokens (JWT) that clients must bring to connect, to the letter of the claim \"iss\". For Amazon Cognito: \"https://cognito-idp.{region}.amazonaws.com/{user pool}\". Unset: anybody may connect."
  type        = string
  default     = null

  # Of http, this machine alone: whoever sits between here and an issuer without
  # TLS can hand out keys of their own.
  validation {
    condition     = var.jwt_issuer == null ? true : can(regex("^(https://[^/\\s,?#]+|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)(/[^\\s,?#]*)?$", var.jwt_issuer))
    error_message = "jwt_issuer must be a URL that starts with https://, without query and fragment, exactly as the claim \"iss\" of the tokens has it."
  }
}

variable "jwt_audience" {
  description = "Audiences of which a token must name one, in its claim \"aud\", or, if it has none, in \"client_id\", as Cognito's access tokens do. Needed with jwt_issuer: without it, tokens that the issuer made for other applications would do."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for audience in var.jwt_audience : can(regex("^[^,\\s]+$", audience))])
    error_message = "The names in jwt_audience must not be empty, and must not hold commas or blanks."
  }

  validation {
    condition     = (var.jwt_issuer == null) == (length(var.jwt_audience) == 0)
    error_message = "jwt_issuer and jwt_audience go together: set both, or neither."
  }
}

variable "jwt_jwks_url" {
  description = "Where the issuer publishes its keys (JWKS). Unset: \"/.well-known/jwks.json\" under jwt_issuer."
  type        = string
  default     = null

  validation {
    condition     = var.jwt_jwks_url == null ? true : can(regex("^(https://[^/\\s]+|http://(localhost|127\\.0\\.0\\.1)(:[0-9]+)?)(/\\S*)?$", var.jwt_jwks_url))
    error_message = "jwt_jwks_url must be a URL that starts with https://."
  }

  validation {
    condition     = var.jwt_jwks_url == null || var.jwt_issuer != null
    error_message = "jwt_jwks_url is of use only with jwt_issuer: set that too, or neither."
  }
}

variable "throttling_rate_limit" {
  description = "Connections and messages per second, over all clients, that the stage accepts in the long run."
  type        = number
  default     = 500

  validation {
    condition     = var.throttling_rate_limit > 0
    error_message = "throttling_rate_limit must be above 0: at 0, API Gateway refuses every message."
  }

  # A stage cannot have more than its account, so the alarms on rates, which are
  # parts of this limit, would never fire.
  validation {
    condition     = var.throttling_rate_limit <= 10000
    error_message = "throttling_rate_limit must not be above 10000, AWS's quota of requests per second for all APIs of an account and region. If AWS has raised yours, raise this limit in terraform/variables.tf."
  }
}

variable "throttling_burst_limit" {
  description = "Connections and messages that the stage accepts at the same moment."
  type        = number
  default     = 1000

  validation {
    condition     = var.throttling_burst_limit >= 1 && floor(var.throttling_burst_limit) == var.throttling_burst_limit
    error_message = "throttling_burst_limit must be a whole number of at least 1: at 0, API Gateway refuses every message."
  }

  validation {
    condition     = var.throttling_burst_limit <= 5000
    error_message = "throttling_burst_limit must not be above 5000, the burst that AWS allows all APIs of an account and region. If AWS has raised yours, raise this limit in terraform/variables.tf."
  }
}

variable "websocket_handler_memory_size" {
  description = "Memory of the websocket-handler in MB, at least 256. CPU grows with it. New AWS accounts allow up to 3008."
  type        = number
  default     = 256

  validation {
    condition     = var.websocket_handler_memory_size >= 256 && var.websocket_handler_memory_size <= 10240 && floor(var.websocket_handler_memory_size) == var.websocket_handler_memory_size
    error_message = "websocket_handler_memory_size must be a whole number of MB from 256 to 10240. Lambda also takes 128, with half the CPU: the first call to AWS of a cold start can then exceed its timeout."
  }
}

variable "processor_memory_size" {
  description = "Memory of the processor in MB, at least 256. CPU grows with it, so actions that compute get faster. New AWS accounts allow up to 3008."
  type        = number
  default     = 256

  validation {
    condition     = var.processor_memory_size >= 256 && var.processor_memory_size <= 10240 && floor(var.processor_memory_size) == var.processor_memory_size
    error_message = "processor_memory_size must be a whole number of MB from 256 to 10240. Lambda also takes 128, with half the CPU: the first call to AWS of a cold start can then exceed its timeout."
  }
}

variable "processor_timeout" {
  description = "Seconds that an action may take. API Gateway closes a connection after ten minutes without a message, so clients of longer jobs must send something meanwhile."
  type        = number
  default     = 30

  validation {
    condition     = var.processor_timeout >= 1 && var.processor_timeout <= 900 && floor(var.processor_timeout) == var.processor_timeout
    error_message = "processor_timeout must be a whole number of seconds from 1 to 900. Longer jobs do not fit into one Lambda invocation: split them."
  }
}

variable "websocket_handler_reserved_concurrency" {
  description = "Execution environments set aside for the websocket-handler, and at once its limit; 0 switches it off. Unset: it shares the account's. Each connect, message and disconnect takes one for a moment."
  type        = number
  default     = null

  validation {
    condition     = var.websocket_handler_reserved_concurrency == null ? true : var.websocket_handler_reserved_concurrency >= 0 && floor(var.websocket_handler_reserved_concurrency) == var.websocket_handler_reserved_concurrency
    error_message = "websocket_handler_reserved_concurrency must be a whole number of at least 0. Leave it unset to reserve nothing."
  }
}

variable "processor_reserved_concurrency" {
  description = "Execution environments set aside for the processor, and at once its limit: what the systems behind your actions can stand. At 0 it stops, and jobs fail unprocessed. Unset: it shares the account's."
  type        = number
  default     = null

  validation {
    condition     = var.processor_reserved_concurrency == null ? true : var.processor_reserved_concurrency >= 0 && floor(var.processor_reserved_concurrency) == var.processor_reserved_concurrency
    error_message = "processor_reserved_concurrency must be a whole number of at least 0. Leave it unset to reserve nothing."
  }
}

variable "authorizer_reserved_concurrency" {
  description = "Execution environments set aside for the authorizer, and at once its limit; at 0 nobody connects. Unset: it shares the account's."
  type        = number
  default     = null

  validation {
    condition     = var.authorizer_reserved_concurrency == null ? true : var.authorizer_reserved_concurrency >= 0 && floor(var.authorizer_reserved_concurrency) == var.authorizer_reserved_concurrency
    error_message = "authorizer_reserved_concurrency must be a whole number of at least 0. Leave it unset to reserve nothing."
  }
}

variable "maximum_retry_attempts" {
  description = "How often Lambda runs a failed job again: about a minute later, then about two minutes after that. The client waits meanwhile, and the action must stand being run twice."
  type        = number
  default     = 0

  validation {
    condition     = contains([0, 1, 2], var.maximum_retry_attempts)
    error_message = "maximum_retry_attempts must be 0, 1 or 2; Lambda knows no more."
  }
}

variable "maximum_event_age_in_seconds" {
  description = "Seconds that a job may wait, for a free processor or for a retry, before it counts as failed."
  type        = number
  default     = 60

  validation {
    condition     = var.maximum_event_age_in_seconds >= 60 && var.maximum_event_age_in_seconds <= 21600 && floor(var.maximum_event_age_in_seconds) == var.maximum_event_age_in_seconds
    error_message = "maximum_event_age_in_seconds must be a whole number of seconds from 60 to 21600 (six hours)."
  }

  # Lambda retries after about 60 and after about another 120 seconds: captures
  # have up to 8 more for each. A job too old by then fails without the retries
  # that maximum_retry_attempts promises.
  validation {
    condition     = var.maximum_event_age_in_seconds >= 30 * var.maximum_retry_attempts * (var.maximum_retry_attempts + 1) + var.maximum_retry_attempts * (10 + var.processor_timeout)
    error_message = "A job would be too old for its retries. With maximum_retry_attempts = ${var.maximum_retry_attempts} and processor_timeout = ${var.processor_timeout}, set maximum_event_age_in_seconds to at least ${30 * var.maximum_retry_attempts * (var.maximum_retry_attempts + 1) + var.maximum_retry_attempts * (10 + var.processor_timeout)}."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the logs of all functions and of the API."
  type        = number
  default     = 14

  # CloudWatch also takes 0, which keeps logs, and their cost, for ever.
  validation {
    condition = contains(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653],
      var.log_retention_days
    )
    error_message = "log_retention_days must be one of the periods of CloudWatch: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "log_kms_key_arn" {
  description = "KMS key to encrypt the logs with; its policy must let CloudWatch Logs of this region use it. Unset: CloudWatch encrypts with a key of its own."
  type        = string
  default     = null

  validation {
    condition     = var.log_kms_key_arn == null ? true : can(regex("^arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.log_kms_key_arn))
    error_message = "log_kms_key_arn must be the ARN of a key, such as \"arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab\"; CloudWatch Logs takes no alias."
  }

  validation {
    condition     = var.log_kms_key_arn == null ? true : try(split(":", var.log_kms_key_arn)[3] == var.region, true)
    error_message = "log_kms_key_arn must be the ARN of a key in ${var.region}, the region of the log groups. Create a key there, or replicate a multi-Region key to it."
  }
}

variable "alarm_topic_arns" {
  description = "SNS topics of the same region that every alarm notifies. Alarms cannot publish to a topic that is encrypted with the AWS managed key alias/aws/sns: use a key of your own whose policy allows cloudwatch.amazonaws.com, or none. Empty: alarms show in CloudWatch only."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : can(regex("^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", arn))])
    error_message = "Each of alarm_topic_arns must be the ARN of a standard SNS topic, such as \"arn:aws:sns:us-east-1:123456789012:alerts\"; an e-mail address is subscribed to a topic, not named here."
  }

  validation {
    condition     = alltrue([for arn in var.alarm_topic_arns : try(split(":", arn)[3] == var.region, true)])
    error_message = "Each of alarm_topic_arns must be in ${var.region}: a CloudWatch alarm notifies topics of its own region only."
  }
}
