import { delimiter, dirname, join } from "node:path";
import type { Credentials } from "../../iam/index.ts";
import type { FunctionConfiguration } from "../state.ts";
import type { NodeExecutable } from "./node-executable.ts";
import type { TaskRoot } from "./task-roots.ts";

/**
 * Returns the environment variables of a function's process: those that Lambda defines and the function
 * can replace, its own, and those that Lambda reserves.
 *
 * Our choice: variables that name folders of Lambda name folders of this machine instead, such as
 * `LAMBDA_TASK_ROOT` and the `PATH` to Node.js, because this machine has no `/var/task`, and no `/opt` with
 * layers. So the code can read its files, and a stack names files that exist. There is no
 * `AWS_LAMBDA_RUNTIME_API`, because no Runtime API listens, and no `NODE_EXTRA_CA_CERTS`. The address of the
 * X-Ray daemon is on this machine.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function environmentVariables(options: {
  configuration: FunctionConfiguration;
  region: string;
  credentials: Credentials;
  code: TaskRoot & { node: NodeExecutable };
  logStreamName: string;
  /** The URL of this local AWS. */
  endpoint: string;
}): Record<string, string> {
  const { configuration, region, credentials, code, logStreamName, endpoint } = options;
  const { node, taskRoot, runtimeModules, layers } = code;
  const { LogFormat, LogGroup, ApplicationLogLevel = "INFO" } = configuration.LoggingConfig;
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    // As recorded on AWS, except for the folder of Node.js. The slash after `/usr/bin` is recorded, too.
    PATH: paths(
      dirname(node.path),
      "/usr/local/bin",
      "/usr/bin/",
      "/bin",
      join(layers?.opt ?? "/opt", "bin"),
    ),
    LD_LIBRARY_PATH: paths(
      taskRoot,
      join(taskRoot, "lib"),
      ...(layers ? [join(layers.opt, "lib")] : []),
    ),
    NODE_PATH: paths(...(layers?.layerModules ?? []), ...runtimeModules, taskRoot),
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
    AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1:2000",
    PWD: taskRoot,
    SHLVL: "0",
    ...configuration.Environment?.Variables,
    _HANDLER: configuration.Handler,
    _AWS_XRAY_DAEMON_ADDRESS: "127.0.0.1",
    _AWS_XRAY_DAEMON_PORT: "2000",
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
    ...(LogFormat === "JSON" && {
      AWS_LAMBDA_LOG_FORMAT: LogFormat,
      AWS_LAMBDA_LOG_LEVEL: ApplicationLogLevel,
    }),
    LAMBDA_TASK_ROOT: taskRoot,
    LAMBDA_RUNTIME_DIR: "/var/runtime",
    // The one variable that Lambda does not have: it points the SDKs to the local AWS.
    AWS_ENDPOINT_URL: endpoint,
  };
}

const paths = (...folders: string[]) => folders.join(delimiter);
