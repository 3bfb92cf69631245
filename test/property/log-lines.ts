import * as fc from "fast-check";
import { anyString, jsonText, objectText } from "./json-text.ts";

const quoted = (text: string) => JSON.stringify(text);

/** Members that have a meaning for a reader of log lines, with any value. */
const meaningful = fc.tuple(
  fc
    .constantFrom("level", "message", "msg", "type", "record", "metrics", "status", "timestamp")
    .map(quoted),
  fc.oneof(
    jsonText,
    fc
      .constantFrom(
        "INFO",
        "error",
        "__proto__",
        "constructor",
        "platform.report",
        "platform.start",
      )
      .map(quoted),
  ),
);

/** A line that looks like Lambda's own: complete, or with missing members or members of other types. */
const platformLike = fc
  .tuple(
    fc.constantFrom("initStart", "start", "report", "runtimeDone", "extension", "constructor"),
    fc.oneof(
      jsonText,
      fc
        .record({ metrics: jsonText, status: jsonText })
        .map((record) => objectText(entries(record))),
      fc.constant(
        '{"metrics":{"durationMs":1,"billedDurationMs":1,"memorySizeMB":1,"maxMemoryUsedMB":1e999},"status":"\\u001b[2J"}',
      ),
    ),
  )
  .map(([type, record]) => `{"type":"platform.${type}","record":${record}}`);

const entries = (record: Record<string, string>) =>
  Object.entries(record).map(([key, value]) => [quoted(key), value] as const);

/** Lines that are nested too deep for a recursive reader. */
const nested = fc
  .tuple(fc.constantFrom(1000, 20_000), fc.constantFrom("message", "level", "record"))
  .map(([levels, name]) => `{"level":"INFO","${name}":${"[".repeat(levels)}${"]".repeat(levels)}}`);

const huge = fc
  .constantFrom("x", "\u009b", "é", "😀", "\ud800", "{")
  .map((text) => text.repeat(100_000 / text.length));

/** A log line of a function: any text on one line. */
export const logLine: fc.Arbitrary<string> = fc
  .oneof(
    { weight: 4, arbitrary: anyString },
    { weight: 4, arbitrary: jsonText },
    {
      weight: 6,
      arbitrary: fc.array(meaningful, { maxLength: 5 }).map((members) => objectText(members)),
    },
    { weight: 6, arbitrary: platformLike },
    { weight: 1, arbitrary: nested },
    { weight: 1, arbitrary: huge },
  )
  .map((line) => line.replaceAll("\n", " "));
