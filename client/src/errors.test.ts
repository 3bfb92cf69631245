import { expect, test } from "vitest";
import { ConnectionError, type NoReplyCode, NoReplyError } from "./errors.ts";

const request = { action: "echo", requestId: "1", sent: true };

test.for<[NoReplyCode, string]>([
  ["TIMED_OUT", "No reply arrived before the timeout."],
  ["CONNECTION_LOST", "The connection closed before the reply arrived."],
  ["CONNECTION_FAILED", "Could not connect, or the connection was lost."],
  ["TOKEN_FAILED", "Could not get a token."],
  ["QUEUE_FULL", "Too many requests are waiting for a connection."],
  ["MESSAGE_TOO_LARGE", "The message is larger than 32 KB, the maximum frame size of API Gateway."],
  ["CLOSED", "The client is closed."],
])("the message of %s is: %s", ([code, message]) => {
  const error = new NoReplyError(code, request);
  expect(error).toMatchObject({ name: "NoReplyError", code, message, ...request });
  expect(error).not.toHaveProperty("cause");
});

test("a connection error has a cause only if something was thrown", () => {
  const error = new ConnectionError("CLOSED");
  expect(error).toMatchObject({ name: "ConnectionError", message: "The client is closed." });
  expect(error).not.toHaveProperty("cause");
  expect(new ConnectionError("TOKEN_FAILED", null)).toHaveProperty("cause", null);
});
