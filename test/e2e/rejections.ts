import { describe, expect, test } from "vitest";
import { connect } from "./client.ts";
import type { Target } from "./target.ts";

const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);

/** Title, message, error code, and the keys of the message that the error frame repeats. */
const rejections: [string, unknown, string, { action: string | null; requestId?: string }][] = [
  ["text that is not JSON", "hello", "INVALID_JSON", { action: null }],
  ["an empty text", "", "INVALID_JSON", { action: null }],
  ["a JSON array", "[1]", "INVALID_REQUEST", { action: null }],
  ["a number", "42", "INVALID_REQUEST", { action: null }],
  ["null", "null", "INVALID_REQUEST", { action: null }],
  ["a JSON string", '"echo"', "INVALID_REQUEST", { action: null }],
  ["no action", { requestId: "mine" }, "INVALID_REQUEST", { action: null, requestId: "mine" }],
  [
    "an action that is not a string",
    { action: 1, requestId: "mine" },
    "INVALID_REQUEST",
    { action: null, requestId: "mine" },
  ],
  ["an empty action", { action: "" }, "INVALID_REQUEST", { action: null }],
  ...["nonsense", "__proto__", "constructor", "$connect", "$disconnect", "$default"].map(
    (action): (typeof rejections)[number] => [
      `the action ${action}`,
      { action, requestId: "mine" },
      "UNKNOWN_ACTION",
      { action, requestId: "mine" },
    ],
  ),
  [
    "data without text",
    { action: "uppercase", data: {}, requestId: "mine" },
    "INVALID_DATA",
    { action: "uppercase", requestId: "mine" },
  ],
  [
    "no data for an action that needs text",
    { action: "reverse", requestId: "mine" },
    "INVALID_DATA",
    { action: "reverse", requestId: "mine" },
  ],
  [
    "a number instead of a text",
    { action: "uppercase", data: { text: 1 }, requestId: "mine" },
    "INVALID_DATA",
    { action: "uppercase", requestId: "mine" },
  ],
  ["an empty requestId", { action: "echo", requestId: "" }, "INVALID_REQUEST", { action: "echo" }],
  [
    "a requestId of 129 characters",
    { action: "echo", requestId: "x".repeat(129) },
    "INVALID_REQUEST",
    { action: "echo" },
  ],
  [
    "an object as requestId",
    { action: "echo", requestId: {} },
    "INVALID_REQUEST",
    { action: "echo" },
  ],
  [
    "a __proto__ key",
    '{"action":"echo","requestId":"mine","data":{"__proto__":{"admin":true}}}',
    "INVALID_REQUEST",
    { action: "echo", requestId: "mine" },
  ],
  [
    "3,000 levels of nesting",
    `{"action":"echo","requestId":"mine","data":${nested(3000)}}`,
    "INVALID_REQUEST",
    { action: "echo", requestId: "mine" },
  ],
];

export const rejectionTests = (target: Target) =>
  describe("rejections", () => {
    test.for(rejections)("%s gets one error frame, and the connection stays open", async (row) => {
      const [, message, code, identity] = row;
      const client = await connect(target.url);
      const reply = await client.ask(message);
      expect(reply).toMatchObject({ status: "error", error: { code }, ...identity });
      expect(Object.keys(reply)).toEqual(["action", "status", "error", "requestId"]);
      expect(reply.requestId).toMatch(identity.requestId ?? /^[\w-]{15}=$/);
      // The next frame is the reply to the next request, so there was only one error frame.
      expect(await client.ask({ action: "echo", data: 1, requestId: "next" })).toMatchObject({
        status: "success",
        requestId: "next",
      });
    });

    test("an error message names the field and the expected type", async () => {
      const client = await connect(target.url);
      expect(await client.ask({ action: "uppercase", data: { text: 1 } })).toMatchObject({
        error: { message: "data.text must be a string" },
      });
      expect(await client.ask({ action: "uppercase", data: {} })).toMatchObject({
        error: { message: "data.text is required" },
      });
      expect(await client.ask({})).toMatchObject({ error: { message: "action is required" } });
    });
  });
