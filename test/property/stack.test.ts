/**
 * Properties of all messages, tested with random messages on a running stack. `PROPERTY_RUNS` sets the
 * number of messages; the default is 600. A failure prints the seed and the path, with which `fc.assert`
 * repeats it.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectedReply, TIMESTAMP } from "./expected-reply.ts";
import { cuts, echoRequest, envelope, garbage, largeRequest, nestedRequest } from "./messages.ts";
import { type RunningStack, startRunningStack } from "./running-stack.ts";

const DEFAULT_RUNS = 600;
const runs = Number(process.env["PROPERTY_RUNS"] ?? DEFAULT_RUNS);

/** Milliseconds. Long enough for all runs on a busy machine. */
const timeout = Math.max(60_000, runs * 200);

const noCuts = fc.constant<number[]>([]);

/** Messages, the positions at which they are split into frames, and their share of the runs. */
interface Property {
  title: string;
  share: number;
  texts: fc.Arbitrary<string>;
  places?: typeof cuts;
  /** Returns the expected frame. Values that the protocol does not define are taken from the actual one. */
  expected?: (text: string, frame: string) => string;
}

const properties: Property[] = [
  { title: "text that is almost JSON", share: 0.2, texts: garbage },
  { title: "an envelope with any values", share: 0.4, texts: envelope },
  { title: "an echo of any data", share: 0.15, texts: echoRequest },
  {
    title: "a message in frames of any length, with pings between them",
    share: 0.15,
    texts: fc.oneof(envelope, garbage),
    places: cuts,
  },
  { title: "a message of up to 128 KB in frames", share: 0.05, texts: largeRequest, places: cuts },
  {
    title: "data of any depth, also above the limit",
    share: 0.05,
    texts: nestedRequest,
    expected: expectedOfNested,
  },
];

/** Returns a value that the protocol does not define, if it matches a pattern. */
const matching = (value: unknown, pattern: RegExp): string =>
  typeof value === "string" && pattern.test(value) ? value : `a match of ${String(pattern)}`;

const GATEWAY_ID = /^[\w-]{15}=$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function expectedFrame(text: string, frame: string): string {
  const reply = JSON.parse(frame);
  const { requestId = matching(reply.requestId, GATEWAY_ID), ...expected } = expectedReply(text);
  const { action, status } = expected;
  if (expected.status === "success") {
    const result = expected.result === TIMESTAMP ? matching(reply.result, TIME) : expected.result;
    return JSON.stringify({ action, status, result, requestId });
  }
  const error = { code: expected.code, message: matching(reply.error?.message, /./) };
  return JSON.stringify({ action, status, error, requestId });
}

/** Builds the frame as text, because `JSON.stringify` is limited by the stack. */
function expectedOfNested(text: string): string {
  const [, data = ""] = /"data":(.*)\}$/.exec(text) ?? [];
  const refusal = '{"action":"echo","status":"error","error":{"code":"INVALID_REQUEST",';
  // The message itself is the first level.
  const levels = data.split(/[[{]/).length;
  return levels > 1000
    ? `${refusal}"message":"The message is nested more than 1,000 levels deep."},"requestId":"deep"}`
    : `{"action":"echo","status":"success","result":${data},"requestId":"deep"}`;
}

describe("there is one reply, on the connection of the message, and no failure, for", () => {
  let stack: RunningStack;
  beforeAll(async () => {
    stack = await startRunningStack();
  });
  afterAll(() => stack.close());

  test.each(properties)("$title", { timeout }, async (tested) => {
    const { share, texts, places = noCuts, expected = expectedFrame } = tested;
    expect.hasAssertions();
    const connections = await stack.open();
    const numRuns = Math.ceil(runs * share);
    let made = 0;
    const property = fc.asyncProperty(fc.nat(3), texts, places, async (connection, text, cutAt) => {
      // Lone surrogates are replaced in UTF-8.
      const received = Buffer.from(text).toString();
      const frame = await connections.exchange(connection, received, cutAt);
      expect(frame).toBe(expected(received, frame));
      made += 1;
    });
    await fc.assert(property, { numRuns });
    expect(made).toBe(numRuns);
    await connections.expectNothingMore();
  });
});
