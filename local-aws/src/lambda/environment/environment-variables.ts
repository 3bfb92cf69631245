import type { Credentials } from "../../iam/index.ts";
import type { FunctionConfiguration } from "../state.ts";

/**
 * What a function finds in `process.env`: its own variables and those that Lambda reserves.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function environmentVariables(options: {
  configuration: FunctionConfiguration;
  region: string;
  credentials: Credentials;
  taskRoot: string;
  logStreamName: string;
  /** The URL of this local AWS. */
  endpoint: string;
}): Record<string, string> {
  const { configuration, region, credentials, taskRoot, logStreamName, endpoint } = options;
  const { LogFormat, LogGroup, ApplicationLogLevel = "INFO" } = configuration.LoggingConfig;
  return {
    ...configuration.Environment?.Variables,
    _HANDLER: configuration.Handler,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.Runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.FunctionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.MemorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: LogGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_LOG_FORMAT: LogFormat,
    ...(LogFormat === "JSON" ? { AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel } : {}),
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    // The one variable that Lambda does not have: it leads the SDKs here instead of to AWS.
    AWS_ENDPOINT_URL: endpoint,
  };
}
