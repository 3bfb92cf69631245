/**
 * What must hold for every message whatever, tried with random ones on a running stack: 600 by
 * default, and as many as `PROPERTY_RUNS` says. A failure prints the seed and the path that repeat
 * it, as options of `fc.assert`.
 */
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expectedReply, TIMESTAMP } from "./expected-reply.ts";
import { cuts, echoRequest, envelope, garbage, largeRequest, nestedRequest } from "./messages.ts";
import { type RunningStack, startRunningStack } from "./running-stack.ts";

const DEFAULT_RUNS = 600;
const runs = Number(process.env["PROPERTY_RUNS"] ?? DEFAULT_RUNS);

/** Milliseconds. All of the runs have to be made, for which a busy machine gets the time. */
const timeout = Math.max(60_000, runs * 200);

const whole = fc.constant<number[]>([]);

/** Messages, where they are cut into frames, and the share of the runs that they get. */
interface Property {
  title: string;
  share: number;
  texts: fc.Arbitrary<string>;
  places?: typeof cuts;
  /** The frame that must come, for the one that came. */
  expected?: (text: string, frame: string) => string;
}

const properties: Property[] = [
  { title: "text that may be JSON, but mostly isn't quite", share: 0.2, texts: garbage },
  { title: "an envelope with anything in it", share: 0.4, texts: envelope },
  { title: "an echo, which returns its data whatever they are", share: 0.15, texts: echoRequest },
  {
    title: "a message in frames, cut anywhere, with pings between them",
    share: 0.15,
    texts: fc.oneof(envelope, garbage),
    places: cuts,
  },
  { title: "a message of up to 128 KB in frames", share: 0.05, texts: largeRequest, places: cuts },
  {
    title: "data of any depth, too deep ones included",
    share: 0.05,
    texts: nestedRequest,
    expected: expectedOfNested,
  },
];

/** A value that the protocol leaves open, if it is one of those that it can be. */
const open = (value: unknown, pattern: RegExp): string =>
  typeof value === "string" && pattern.test(value) ? value : `something like ${String(pattern)}`;

const GATEWAY_ID = /^[\w-]{15}=$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function expectedFrame(text: string, frame: string): string {
  const reply = JSON.parse(frame);
  const { requestId = open(reply.requestId, GATEWAY_ID), ...expected } = expectedReply(text);
  const { action, status } = expected;
  if (expected.status === "success") {
    const result = expected.result === TIMESTAMP ? open(reply.result, TIME) : expected.result;
    return JSON.stringify({ action, status, result, requestId });
  }
  const error = { code: expected.code, message: open(reply.error?.message, /./) };
  return JSON.stringify({ action, status, error, requestId });
}

/** As text, for `JSON.stringify` has a limit of its own. */
function expectedOfNested(text: string): string {
  const [, data = ""] = /"data":(.*)\}$/.exec(text) ?? [];
  const refusal = '{"action":"echo","status":"error","error":{"code":"INVALID_REQUEST",';
  // The message itself is the first level.
  const levels = data.split(/[[{]/).length;
  return levels > 1000
    ? `${refusal}"message":"The message is nested more than 1,000 levels deep."},"requestId":"deep"}`
    : `{"action":"echo","status":"success","result":${data},"requestId":"deep"}`;
}

describe("there is one reply, at the connection of the message, and no fault, for", () => {
  let stack: RunningStack;
  beforeAll(async () => {
    stack = await startRunningStack();
  });
  afterAll(() => stack.close());

  test.each(properties)("$title", { timeout }, async (tried) => {
    const { share, texts, places = whole, expected = expectedFrame } = tried;
    expect.hasAssertions();
    const conversation = await stack.converse();
    const numRuns = Math.ceil(runs * share);
    let made = 0;
    const property = fc.asyncProperty(fc.nat(3), texts, places, async (connection, text, cutAt) => {
      // Unpaired surrogates don't survive the way into UTF-8.
      const received = Buffer.from(text).toString();
      const frame = await conversation.ask(connection, received, cutAt);
      expect(frame).toBe(expected(received, frame));
      made += 1;
    });
    await fc.assert(property, { numRuns });
    expect(made).toBe(numRuns);
    await conversation.end();
  });
});
