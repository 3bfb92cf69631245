import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../../clock.ts";
import type { LogEvent } from "../../logs/index.ts";
import type { LogEventAuthor } from "../../logs/log-event-author.ts";

/** The log stream of one execution environment. */
export interface EnvironmentLog {
  /** Writes lines of Lambda itself. */
  platform(messages: readonly string[]): void;
  /**
   * Writes a line of the patched console. In text format, a line end is added. JSON lines have none.
   */
  line(message: string): void;
  /**
   * Writes the output of a function to stdout or stderr. Each line becomes an event. An incomplete line
   * is buffered.
   */
  output(chunk: string | Buffer): void;
  /**
   * Writes an incomplete line as an event.
   *
   * Our choice: it is written at the end of the invocation. Lambda waits for a second.
   */
  flush(): void;
  /** The messages since the list was last emptied. `X-Amz-Log-Result` is made of them. */
  tail: string[];
}

export function createEnvironmentLog(options: {
  clock: Clock;
  format: "Text" | "JSON";
  write(author: LogEventAuthor, events: LogEvent[]): void;
}): EnvironmentLog {
  const { clock } = options;
  const decoder = new StringDecoder();
  const lineEnd = options.format === "Text" ? "\n" : "";
  let buffered = "";

  const write = (author: LogEventAuthor, messages: readonly string[]) => {
    if (messages.length === 0) return;
    log.tail.push(...messages);
    const timestamp = clock.now();
    options.write(
      author,
      messages.map((message) => ({ timestamp, message })),
    );
  };
  const log: EnvironmentLog = {
    tail: [],
    platform: (messages) => write("platform", messages),
    line: (message) => write("function", [message + lineEnd]),
    output(chunk) {
      const lines = (buffered + (typeof chunk === "string" ? chunk : decoder.write(chunk))).split(
        "\n",
      );
      buffered = lines.pop() ?? "";
      write(
        "function",
        lines.map((line) => `${line}\n`),
      );
    },
    flush() {
      // An incomplete character is written unchanged.
      const unfinished = buffered + decoder.end();
      buffered = "";
      if (unfinished !== "") write("function", [unfinished]);
    },
  };
  return log;
}
