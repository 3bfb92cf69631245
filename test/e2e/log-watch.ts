import type { LocalAws, WrittenLogEvent } from "@websocket-lambda/local-aws";

/** A JSON log line of a function, or of the API's access log. */
export interface LogLine {
  logGroupName: string;
  logStreamName: string;
  /** Of application lines. */
  level?: string;
  /** Of Lambda's own lines: `platform.start` and the like. */
  type?: string;
  /** Lambda's id of the invocation that the line is about; absent where it is about none. */
  invocationId?: string;
  /** What the function logged; for Lambda's own lines, the record; of the access log, the line. */
  content: Record<string, unknown>;
}

/** Keeps the functions' log lines that are written from now on, and waits for one. */
export interface LogWatch {
  readonly lines: LogLine[];
  /** The first line that matches, be it there already or still to come. */
  line(matches: (line: LogLine) => boolean): Promise<LogLine>;
}

export function watchLogs(aws: Pick<LocalAws, "subscribe">): LogWatch {
  const lines: LogLine[] = [];
  const waiting: { matches(line: LogLine): boolean; resolve(line: LogLine): void }[] = [];
  aws.subscribe({
    log(event) {
      if (!event.logGroupName.startsWith("/aws/lambda/")) return;
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
