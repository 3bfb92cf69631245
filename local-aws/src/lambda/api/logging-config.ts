import * as v from "valibot";
import type { LoggingConfig } from "../state.ts";
import { invalid } from "./function-name.ts";
import { pattern } from "./pattern.ts";

export const loggingConfig = v.strictObject({
  LogFormat: v.exactOptional(v.picklist(["Text", "JSON"])),
  LogGroup: v.exactOptional(
    v.pipe(v.string(), v.maxLength(512), pattern(String.raw`[\.\-_/#A-Za-z0-9]+`)),
  ),
  ApplicationLogLevel: v.exactOptional(
    v.picklist(["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]),
  ),
  SystemLogLevel: v.exactOptional(v.picklist(["DEBUG", "INFO", "WARN"])),
});

/**
 * Returns the logging settings of a function after a change. By default, both levels are INFO with the
 * format JSON. The format Text has no levels.
 * @throws {AwsError} 400 for a level with the format Text.
 */
export function changeLogging(
  current: LoggingConfig,
  change: v.InferOutput<typeof loggingConfig>,
): LoggingConfig {
  const { LogFormat, LogGroup, ...levels } = { ...current, ...change };
  if (LogFormat === "JSON")
    return {
      LogFormat,
      ApplicationLogLevel: levels.ApplicationLogLevel ?? "INFO",
      SystemLogLevel: levels.SystemLogLevel ?? "INFO",
      LogGroup,
    };
  if (change.ApplicationLogLevel !== undefined || change.SystemLogLevel !== undefined)
    throw invalid(
      'LogLevel is not supported when LogFormat is set to "Text". Remove LogLevel from your request or change the LogFormat to "JSON" and try again.',
    );
  return { LogFormat, LogGroup };
}
