import { expect, test } from "vitest";
import { problemOf, trackStatus } from "./page/connection-state.ts";
import type { State } from "./page/conversation.ts";

/** Returns the status that the page shows for each of successive states. */
const statusesOf = (states: readonly State[]) => {
  const statusOf = trackStatus();
  return states.map((state) => statusOf(state));
};

const refusals = ["connecting", "waiting", "connecting", "waiting"] as const;

test("failed first attempts are not called a lost connection, and after some of them there is a hint", () => {
  const statuses = statusesOf(refusals);
  expect(statuses.map(({ text }) => text)).toEqual([
    "connecting…",
    "connection failed, retrying…",
    "connecting…",
    "connection failed, retrying…",
  ]);
  expect(statuses.map(({ hint }) => hint)).toEqual(["", "", "", expect.stringContaining("token")]);
});

test("an open connection that ends is called lost, and the hint disappears after reconnecting", () => {
  const states = ["connecting", "open", ...refusals.slice(1), "open"] as const;
  const statuses = statusesOf(states);
  expect(statuses.map(({ text }) => text)).toContain("connection lost, retrying…");
  expect(statuses.map(({ text }) => text)).not.toContain("connection failed, retrying…");
  expect(statuses.map(({ hint }) => hint !== "")).toEqual([
    false,
    false,
    false,
    false,
    true,
    false,
  ]);
});

test("there is no hint after the user has disconnected", () => {
  expect(statusesOf([...refusals, "closed"]).at(-1)).toEqual({
    text: "not connected",
    hint: "",
  });
});

test("an error of the browser is shown at once", () => {
  const cause = new SyntaxError("The subprotocol is duplicated.");
  expect(trackStatus()("waiting", cause).hint).toBe(
    "Could not connect. The subprotocol is duplicated.",
  );
});

test.for([
  "wss://id.execute-api.us-east-1.amazonaws.com/production",
  "ws://localhost:4566/_aws/execute-api/chat/production",
])("%s is a valid URL, with a token or without", (url) => {
  for (const token of ["", "eyJ0.e-_.x"]) expect(problemOf({ url, token })).toBeUndefined();
});

test.for([
  ["", "", /Invalid URL/],
  ["localhost:4566", "", /Invalid URL/],
  ["https://example.com", "", /Invalid URL/],
  ["wss://example.com:99999", "", /Invalid URL/],
  ["wss://example.com", "two words", /Invalid token/],
] as const)("the URL %o with the token %o is refused: %s", ([url, token, problem]) => {
  expect(problemOf({ url, token })).toMatch(problem);
});
