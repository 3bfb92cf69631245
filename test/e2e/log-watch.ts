import type { LocalAws, WrittenLogEvent } from "@websocket-lambda/local-aws";

/** A JSON log line of a function. */
export interface LogLine {
  logGroupName: string;
  logStreamName: string;
  /** The log level. Only in lines of the function itself. */
  level?: string;
  /** The type of a platform event, such as `platform.start`. Only in Lambda's own lines. */
  type?: string;
  /** Lambda's id of the invocation. Absent if the line does not belong to one. */
  invocationId?: string;
  /**
   * The message of the function, the record of a platform event, or the whole line if it has neither, as
   * for an uncaught error.
   */
  content: Record<string, unknown>;
}

/** Collects the log lines of functions from now on. */
export interface LogWatch {
  readonly lines: LogLine[];
  /** Returns the first line that matches, or waits for it. */
  line(matches: (line: LogLine) => boolean): Promise<LogLine>;
}

export function watchLogs(aws: Pick<LocalAws, "subscribe">): LogWatch {
  const lines: LogLine[] = [];
  const waiting: { matches(line: LogLine): boolean; resolve(line: LogLine): void }[] = [];
  aws.subscribe({
    log(event) {
      if (!event.logGroupName.startsWith("/aws/lambda/")) return;
      // Functions of a test can log as text.
      if (!event.message.startsWith("{")) return;
      const line = parse(event);
      lines.push(line);
      for (const { matches, resolve } of waiting) if (matches(line)) resolve(line);
    },
  });
  return {
    lines,
    line: (matches) => {
      const found = lines.find(matches);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise((resolve) => waiting.push({ matches, resolve }));
    },
  };
}

function parse({ logGroupName, logStreamName, message }: WrittenLogEvent): LogLine {
  const line = JSON.parse(message);
  return {
    logGroupName,
    logStreamName,
    level: line.level,
    type: line.type,
    invocationId: line.requestId ?? line.record?.requestId,
    content: line.message ?? line.record ?? line,
  };
}
