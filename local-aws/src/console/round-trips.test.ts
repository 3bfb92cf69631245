import { expect, test } from "vitest";
import { createRoundTrips } from "./page/round-trips.ts";

const message = (requestId: string) => `{"action":"echo","requestId": "${requestId}"}`;

function startRoundTrips(limit: number) {
  const time = { now: 0 };
  return { time, ...createRoundTrips("requestId", limit, () => time.now) };
}

test("the first reply has the time since its request, and a second one has none", () => {
  const { time, sent, received } = startRoundTrips(2);
  sent(message("a"));
  time.now = 5;
  expect(received(message("a"))).toBe(5);
  expect(received(message("a"))).toBeUndefined();
  expect(received("no JSON")).toBeUndefined();
});

test("requests without a reply are dropped, the oldest first", () => {
  const { sent, received } = startRoundTrips(2);
  for (const id of ["a", "b", "c"]) sent(message(id));
  expect(["a", "b", "c"].map((id) => received(message(id)))).toEqual([undefined, 0, 0]);
});

test("a progress frame has the time since its request, and so has the reply after it", () => {
  const { time, sent, progressed, received } = startRoundTrips(2);
  sent(message("a"));
  for (time.now = 1; time.now < 4; time.now += 1) expect(progressed(message("a"))).toBe(time.now);
  expect(received(message("a"))).toBe(4);
  expect(progressed(message("a"))).toBeUndefined();
});
