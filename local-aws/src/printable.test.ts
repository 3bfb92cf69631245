import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test("what could command a terminal is shown as a dot, and all else as it is", () => {
  expect(printable("a\u001b[2J\u009b2J\u0007\r\n\t\u007fz")).toBe("a·[2J·2J·····z");
  expect(printable("é 👋 \u00a0 日本")).toBe("é 👋 \u00a0 日本");
});
