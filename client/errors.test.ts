import { expect, test } from "vitest";
import { ConnectionError, type NoReplyCode, NoReplyError } from "./errors.ts";

const request = { action: "echo", requestId: "1", sent: true };

test.for<[NoReplyCode, string]>([
  ["TIMED_OUT", "There was no reply in time."],
  ["CONNECTION_LOST", "The connection was lost before the reply came."],
  ["CONNECTION_FAILED", "No connection could be opened or kept."],
  ["TOKEN_FAILED", "There was no token to connect with."],
  ["QUEUE_FULL", "Too many requests wait for a connection."],
  ["MESSAGE_TOO_LARGE", "The message is over 32 KB, the most that API Gateway takes in a frame."],
  ["CLOSED", "The client was closed."],
])("%s says: %s", ([code, message]) => {
  const error = new NoReplyError(code, request);
  expect(error).toMatchObject({ name: "NoReplyError", code, message, ...request });
  expect(error).not.toHaveProperty("cause");
});

test("a connection error has a cause only where something was thrown", () => {
  const error = new ConnectionError("CLOSED");
  expect(error).toMatchObject({ name: "ConnectionError", message: "The client was closed." });
  expect(error).not.toHaveProperty("cause");
  expect(new ConnectionError("TOKEN_FAILED", null)).toHaveProperty("cause", null);
});
