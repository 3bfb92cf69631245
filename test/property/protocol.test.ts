import * as fc from "fast-check";
import * as v from "valibot";
import { expect, test } from "vitest";
import { describeIssue, identify, Request } from "../../shared/protocol.ts";
import { jsonText } from "./json-text.ts";
import { envelope } from "./messages.ts";

/** Any value that JSON.parse can return, and others. */
const anything = fc.oneof(
  envelope.map((text): unknown => JSON.parse(text)),
  jsonText.map((text): unknown => JSON.parse(text)),
  fc.anything({ withNullPrototype: true, withBigInt: true, withSparseArray: true }),
);

const isName = (value: unknown) =>
  typeof value === "string" && value.length >= 1 && value.length <= 128;

test("identify accepts any value, and returns only valid fields", () => {
  fc.assert(
    fc.property(anything, (message) => {
      const { action, requestId } = identify(message);
      expect(action === null || isName(action)).toBe(true);
      expect(requestId === null || isName(requestId)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("identify and the schema agree on what is valid", () => {
  fc.assert(
    fc.property(anything, (message) => {
      const { success, output } = v.safeParse(Request, message);
      if (!success) return;
      const { action, requestId } = identify(message);
      expect(action).toBe(output.action);
      expect(requestId).toBe(output.requestId ?? null);
    }),
    { numRuns: 2000 },
  );
});

/** The sentences about a field, by its root. */
const sentenceAbout = {
  message: /^(the message|action|requestId)( is required| must be an? [a-z]+|: [A-Za-z].+)$/,
  data: /^data(\.action|\.requestId)?( is required| must be an? [a-z]+|: [A-Za-z].+)$/,
};

test("every issue of any value is a sentence", () => {
  fc.assert(
    fc.property(anything, fc.constantFrom("message" as const, "data" as const), (message, root) => {
      const { issues = [] } = v.safeParse(Request, message);
      for (const issue of issues) expect(describeIssue(issue, root)).toMatch(sentenceAbout[root]);
    }),
    { numRuns: 2000 },
  );
});
