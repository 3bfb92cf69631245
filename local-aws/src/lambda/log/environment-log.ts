import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../../clock.ts";
import type { LogEvent } from "../../logs/index.ts";
import type { LogEventAuthor } from "../../logs/log-event-author.ts";

/** The log stream of one execution environment. */
export interface EnvironmentLog {
  /** Lines of Lambda itself. */
  platform(messages: readonly string[]): void;
  /** A line of the patched console. In text format it gets a line end, which JSON has not. */
  line(message: string): void;
  /** What a function wrote to stdout or stderr: each line becomes an event, the rest is held. */
  output(chunk: string | Buffer): void;
  /** Our choice: what was held becomes an event with its invocation; Lambda waits for a second. */
  flush(): void;
  /** The messages since it was last emptied: what `X-Amz-Log-Result` is made of. */
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
  let held = "";

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
      const lines = (held + (typeof chunk === "string" ? chunk : decoder.write(chunk))).split("\n");
      held = lines.pop() ?? "";
      write(
        "function",
        lines.map((line) => `${line}\n`),
      );
    },
    flush() {
      // A character of which only a part has come stays a part.
      const unfinished = held + decoder.end();
      held = "";
      if (unfinished !== "") write("function", [unfinished]);
    },
  };
  return log;
}
