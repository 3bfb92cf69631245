import { StringDecoder } from "node:string_decoder";
import type { Clock } from "../clock.ts";
import type { LogEvent } from "../logs/index.ts";

/** The log stream of one execution environment. */
export interface EnvironmentLog {
  write(messages: readonly string[]): void;
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
  write(events: LogEvent[]): void;
}): EnvironmentLog {
  const { clock } = options;
  const decoder = new StringDecoder();
  const lineEnd = options.format === "Text" ? "\n" : "";
  let held = "";

  const write = (messages: readonly string[]) => {
    if (messages.length === 0) return;
    log.tail.push(...messages);
    const timestamp = clock.now();
    options.write(messages.map((message) => ({ timestamp, message })));
  };
  const log: EnvironmentLog = {
    tail: [],
    write,
    line: (message) => write([message + lineEnd]),
    output(chunk) {
      const lines = (held + (typeof chunk === "string" ? chunk : decoder.write(chunk))).split("\n");
      held = lines.pop() ?? "";
      write(lines.map((line) => `${line}\n`));
    },
    flush() {
      if (held === "") return;
      const unfinished = held;
      held = "";
      write([unfinished]);
    },
  };
  return log;
}
