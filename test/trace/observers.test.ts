import { expect, onTestFinished, test, vi } from "vitest";
import { createRecorder, type Recorder } from "@websocket-lambda/local-aws/testing";
import { startTestStack } from "../test-stack.ts";
import { connect } from "../e2e/client.ts";

const planted = () => {
  throw new Error("planted");
};

/** Each observer of a stack, with an error for every event. */
const failing: [string, (recorder: Recorder) => Recorder][] = [
  ["the trace", (recorder) => ({ ...recorder, emit: planted })],
  [
    "the terminal's listener",
    (recorder) => {
      recorder.subscribe(planted);
      return recorder;
    },
  ],
  [
    "the console's pages",
    (recorder) => ({
      ...recorder,
      messages: planted,
      get revision(): number {
        return planted();
      },
    }),
  ],
];

test.for(failing)("an error of %s does not affect the stack", async ([, fail]) => {
  using reported = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const aws = await startTestStack({
    recorder: fail(createRecorder()),
    pages: { "/planted": planted },
  });
  onTestFinished(() => aws.close());
  aws.subscribe({ log: planted, event: planted, message: planted });
  const client = await connect(aws.webSocketUrl("production"));
  for (const data of [1, 2])
    expect(await client.ask({ action: "echo", data })).toMatchObject({ result: data });
  for (const page of ["/planted", "/_local/trace", "/_local/trace/stream"])
    await fetch(aws.endpoint + page)
      .then((response) => response.body?.cancel())
      .catch(() => {});
  await fetch(`${aws.endpoint}/_local/overview`);
  expect(await client.ask({ action: "echo", data: 3 })).toMatchObject({ result: 3 });
  expect(reported.mock.calls.length).toBeGreaterThan(0);
  for (const [text] of reported.mock.calls) expect(text).toContain("planted");
});
