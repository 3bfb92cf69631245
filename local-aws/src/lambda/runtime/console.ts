import { format } from "node:util";
import { FrameType } from "./frames.ts";
import { describeInJson, summarizeInJson } from "./function-errors.ts";

/**
 * Lambda's log levels, least important first.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
export type LogLevel = (typeof levels)[number];

const methods = {
  trace: "TRACE",
  debug: "DEBUG",
  log: "INFO",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
  fatal: "FATAL",
} as const;

export interface RuntimeConsole {
  log(level: LogLevel, ...values: unknown[]): void;
}

/**
 * Replaces `console` and the writers of stdout and stderr, so that the output of the function
 * becomes log lines in Lambda's own form (`AWS_LAMBDA_LOG_FORMAT`, `AWS_LAMBDA_LOG_LEVEL`).
 */
export function patchConsole(
  send: (type: FrameType, payload: string | Buffer) => void,
  currentRequestId: () => string | undefined,
): RuntimeConsole {
  const formatLine = process.env["AWS_LAMBDA_LOG_FORMAT"] === "JSON" ? jsonLine : textLine;
  const threshold = levels.findIndex((level) => level === process.env["AWS_LAMBDA_LOG_LEVEL"]);

  const log = (level: LogLevel, ...values: unknown[]) => {
    if (levels.indexOf(level) < threshold) return;
    // Called without a value, the console of Lambda logs `undefined`.
    const logged = values.length === 0 ? [undefined] : values;
    send(FrameType.Log, formatLine(level, currentRequestId(), logged));
  };
  for (const [method, level] of Object.entries(methods))
    Object.assign(console, { [method]: (...values: unknown[]) => log(level, ...values) });
  for (const stream of [process.stdout, process.stderr])
    stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
      send(FrameType.Output, typeof chunk === "string" ? chunk : Buffer.from(chunk));
      const callback = rest.at(-1);
      if (typeof callback === "function") process.nextTick(callback);
      return true;
    };
  return { log };
}

function textLine(level: LogLevel, requestId: string | undefined, values: unknown[]): string {
  return `${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}`;
}

/**
 * Returns a line in JSON format. A single value is kept, so an object stays an object. Several values
 * become one text. As on Lambda, a value without a JSON form, such as `undefined`, has no `message`.
 */
function jsonLine(level: LogLevel, requestId: string | undefined, values: unknown[]): string {
  const line = { timestamp: new Date().toISOString(), level, requestId };
  const [value] = values;
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...line, message: value }, errorsAsObjects);
    } catch {
      // A cycle or a BigInt: Lambda falls back to text as well.
      return JSON.stringify({ ...line, message: format(value) });
    }
  }
  const error = values.find((candidate) => candidate instanceof Error);
  const summary = error === undefined ? {} : summarizeInJson(error);
  return JSON.stringify({
    ...line,
    message: format(...values),
    ...summary,
  });
}

const errorsAsObjects = (_key: string, value: unknown) =>
  value instanceof Error ? describeInJson(value) : value;
