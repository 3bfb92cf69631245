import { afterEach, expect, test, vi } from "vitest";
import { startGateway } from "./testing.ts";

const warnings = () =>
  vi.spyOn(process, "emitWarning").mockImplementation(() => {}).mock.calls as unknown[][];

afterEach(() => void vi.restoreAllMocks());

test("the first handshake of a page of another site is reported, but handled like any other", async () => {
  const reported = warnings();
  await using gateway = await startGateway();
  await gateway.connect();
  await gateway.connect("", { headers: { Origin: "http://localhost:3000" } });
  expect(reported).toEqual([]);
  await gateway.connect("", { headers: { Origin: "https://evil.example" } });
  await gateway.connect("", { headers: { Origin: "https://other.example" } });
  expect(reported).toEqual([
    [
      expect.stringMatching(/^A page from https:\/\/evil\.example opened .*allowed_origins/),
      "ForeignOrigin",
    ],
  ]);
});

test("a reported origin cannot send control characters to the terminal", async () => {
  const reported = warnings();
  await using gateway = await startGateway();
  await gateway.connect("", { headers: { Origin: `https://\u009b2J${"x".repeat(5000)}` } });
  expect(reported[0]?.[0]).toMatch(/^A page from https:\/\/·2Jx{189} opened /);
});
