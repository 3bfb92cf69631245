import { afterAll, beforeAll, expect, test } from "vitest";
import { readDeadLetters } from "../e2e/dead-letters.ts";
import { askForTexts } from "../e2e/frames.ts";
import type { LogLine } from "../e2e/log-watch.ts";
import type { Step } from "./actions.ts";
import { type StreamingStack, startStreamingStack } from "./streaming-stack.ts";

const progress = (value: string, sequence: number) =>
  `{"action":"program","status":"progress",${value}"sequence":${sequence},"requestId":"mine"}`;
const success = (result: string) =>
  `{"action":"program","status":"success",${result}"requestId":"mine"}`;
const error = (code: string, message: string) =>
  `{"action":"program","status":"error","error":{"code":"${code}","message":"${message}"},"requestId":"mine"}`;
const failed = error("PROCESSING_FAILED", "The request could not be processed.");
const tooLarge = error("RESULT_TOO_LARGE", "A progress frame is over 128 KB.");

const one = progress('"progress":1,', 0);
const two = progress('"progress":2,', 1);

interface Row {
  title: string;
  steps: Step[];
  failsAtTheEnd?: boolean;
  texts: string[];
  /** The error that Lambda logs, if the job fails. */
  fails?: string;
}

const rows: Row[] = [
  { title: "nothing and returns nothing", steps: [], texts: [success("")] },
  { title: "nothing and returns", steps: [{ return: [1] }], texts: [success('"result":[1],')] },
  {
    title: "undefined",
    steps: [{ special: "undefined" }, { yield: null }, { return: null }],
    texts: [progress("", 0), progress('"progress":null,', 1), success('"result":null,')],
  },
  {
    title: "a value over 128 KB",
    steps: [{ yield: 1 }, { special: "130 KB" }, { yield: 3 }],
    texts: [one, tooLarge],
  },
  {
    title: "a value over 128 KB, and then waits",
    steps: [{ special: "130 KB" }, { wait: 20_000 }],
    texts: [tooLarge],
  },
  {
    title: "a value over 128 KB, and fails in its finally block",
    steps: [{ special: "130 KB" }, { yield: 2 }],
    failsAtTheEnd: true,
    texts: [tooLarge],
  },
  {
    title: "a value that JSON cannot express",
    steps: [{ yield: 1 }, { special: "bigint" }, { yield: 3 }],
    texts: [one, failed],
    fails: "Do not know how to serialize a BigInt",
  },
  {
    title: "a value that JSON cannot express, and then waits",
    steps: [{ special: "bigint" }, { wait: 20_000 }],
    texts: [failed],
    fails: "Do not know how to serialize a BigInt",
  },
  {
    title: "values, and throws",
    steps: [{ yield: 1 }, { yield: 2 }, { throw: "planted" }],
    texts: [one, two, failed],
    fails: "planted",
  },
  {
    title: "values, and fails in its finally block",
    steps: [{ yield: 1 }, { return: "never sent" }],
    failsAtTheEnd: true,
    texts: [one, failed],
    fails: "planted in the finally block",
  },
];

let aws: StreamingStack;
let letters: ReturnType<typeof readDeadLetters>;
beforeAll(async () => {
  aws = await startStreamingStack();
  letters = readDeadLetters(aws);
});
afterAll(() => aws.close());

test.for(rows)("an action that yields $title", async (row) => {
  const { title, steps, failsAtTheEnd } = row;
  const client = await aws.connect();
  const request = { action: "program", data: { steps, failsAtTheEnd }, requestId: title };
  const texts = await askForTexts(client, request);
  expect(texts.map((text) => text.replace(`"${title}"`, '"mine"'))).toEqual(row.texts);
  const { invocationId } = await aws.logs.line(
    ({ content }) => content["event"] === "finally" && content["requestId"] === title,
  );
  const isOfJob = (line: LogLine) => line.invocationId === invocationId;
  const { content } = await aws.logs.line(
    (line) => isOfJob(line) && line.type === "platform.report",
  );
  // Less than the 20 s that some actions would wait.
  expect((content["metrics"] as { durationMs: number }).durationMs).toBeLessThan(10_000);
  const errors = aws.logs.lines.filter((line) => isOfJob(line) && line.level === "ERROR");
  expect(errors.map((line) => line.content["errorMessage"])).toEqual(
    row.fails === undefined ? [] : [row.fails],
  );
  await expect
    .poll(async () => (await letters()).filter(({ requestId }) => requestId === title).length)
    .toBe(row.fails === undefined ? 0 : 1);
  // Frames arrive in the order of the posts, so nothing follows the reply.
  await client.ask({ action: "echo", requestId: "last" });
  expect(client.unread()).toEqual([]);
});
