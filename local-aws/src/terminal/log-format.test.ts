import { PassThrough } from "node:stream";
import { WriteStream } from "node:tty";
import { expect, test } from "vitest";
import { formatLogEvent } from "./log-format.ts";

/** No terminal, as a pipe is none. */
const pipe = Object.assign(new PassThrough(), { isTTY: false }) as unknown as WriteStream;

const format = (message: string) =>
  formatLogEvent({ logGroupName: "/aws/lambda/processor", timestamp: 0, message }, pipe);

test.for([
  [
    "a field of a JSON line",
    { level: "INFO", message: { requestId: "\u009b2J\u009d0;owned\u0007" } },
  ],
  ["the text of a JSON line", { level: "INFO", message: "\u001b[2J\u009b2J" }],
  ["its level", { level: "\u001b[2J", message: "" }],
])("no control code reaches the terminal in %s", ([, line]) => {
  // oxlint-disable-next-line no-control-regex
  expect(format(JSON.stringify(line))).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test("a stack trace keeps its lines", () => {
  expect(format("Error: no\n\tat a\r\n\tat b\u009b\n")).toBe(
    "00:00:00.000         processor  Error: no\n\tat a·\n\tat b·",
  );
});
