import { expect, onTestFinished, test, vi } from "vitest";
import { DIST } from "../../scripts/build/index.ts";
import { connect } from "../e2e/client.ts";
import { startStack, websocketUrl } from "../../local-aws/src/stack.ts";
import { createRecorder, type Recorder } from "../../local-aws/src/trace/recorder.ts";
import { onSettled } from "../../local-aws/src/trace/settling.ts";

const planted = () => {
  throw new Error("planted");
};

/** Each of what observes a stack, when it fails at every turn. */
const failing: [string, (recorder: Recorder) => Recorder][] = [
  ["the trace", (recorder) => ({ ...recorder, emit: planted })],
  [
    "the terminal's listener",
    (recorder) => {
      onSettled(recorder, planted);
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

test.for(failing)("an error of %s concerns nobody else", async ([, fail]) => {
  using reported = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const aws = await startStack({
    bundles: DIST,
    recorder: fail(createRecorder()),
    pages: { "/planted": planted },
  });
  onTestFinished(() => aws.close());
  aws.logs.subscribe(planted);
  const client = await connect(websocketUrl(aws, "websocket0", "production"));
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
